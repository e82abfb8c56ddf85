"""Addresses, the same as in the Flask application."""

from django.contrib import admin
from django.urls import path

from django_app import auth, email, guess, views

urlpatterns = [
    path("", views.index, name="index"),
    path("login", auth.LoginView.as_view(), name="login"),
    path("logout", auth.LogoutView.as_view(), name="logout"),
    path("reset", views.reset, name="reset"),
    path("withdraw<int:number>", views.withdraw, name="withdraw"),
    path("withdraw<int:number>/guess", guess.guess, name="guess"),
    path("email", email.email, name="email"),
    path("admin/", admin.site.urls),
    path("healthz", views.healthz, name="healthz"),
]

handler400 = views.bad_request
handler403 = views.forbidden
handler404 = views.not_found
handler500 = views.server_error
