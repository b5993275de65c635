"""The demonstration's own addresses; portal.urls includes them only where settings.DEMO is on."""

from django.urls import path

from portal.demo import views

urlpatterns = [
    path("outbox/", views.outbox, name="demo.outbox"),
    path("outbox/<int:number>/", views.mail, name="demo.mail"),
    path("outbox/<int:number>/html/", views.mail_html, name="demo.mail_html"),
    path("demo/become/", views.become, name="demo.become"),
]
