"""Where everything is."""

from django.contrib.auth.views import LoginView
from django.urls import path

from shop import views

urlpatterns = [
    path("", views.home),
    path("login/", LoginView.as_view()),
    path("item/<int:pk>/", views.show),
    path("buy/<int:pk>/", views.buy),
    path("buy-locked/<int:pk>/", views.buy_locked),
]
