"""What an application said after the same replies, so that it need not be asked again.

tree      what a request did, by the replies that led there (pure)
reply     what a reply tells, without what differs in every schedule (pure)
driver    what a driver keeps of its connection, as far as it changes what is sent (pure)
player    one request of a schedule: played from memory, or learnt from the application
target    a target of which requests are remembered
meetings  where requests met as they never did, the application runs the schedule
"""
