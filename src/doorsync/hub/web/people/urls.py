"""Addresses of the people pages."""

from __future__ import annotations

from django.urls import path

from doorsync.hub.web.activity import person_events
from doorsync.hub.web.people import (
    bulk_views,
    credential_views,
    details_views,
    export_views,
    import_reading_views,
    import_views,
    list_views,
    person_views,
    privacy_views,
    standing_views,
)

app_name = "people"
urlpatterns = [
    path("", list_views.people_list, name="list"),
    path("add/", details_views.add_person, name="add"),
    path("together/", bulk_views.edit, name="bulk-edit"),
    path("together/<str:public_id>/", bulk_views.done, name="bulk"),
    path("together/<str:public_id>/undo/", bulk_views.undo, name="bulk-undo"),
    path("export/", export_views.export_people, name="export"),
    path("import/", import_views.upload, name="import"),
    path("import/<str:public_id>/", import_views.preview, name="import-preview"),
    path("import/<str:public_id>/reading/", import_reading_views.change_reading, name="import-reading"),
    path("import/<str:public_id>/columns/", import_reading_views.map_columns, name="import-columns"),
    path("import/<str:public_id>/faults.csv", import_views.bad_rows, name="import-faults"),
    path("import/<str:public_id>/drop/", import_views.drop, name="import-drop"),
    path("<int:number>/", details_views.person_details, name="person"),
    path("<int:number>/credentials/", credential_views.credentials, name="credentials"),
    path("<int:number>/credentials/add/<str:kind>/", credential_views.add, name="add-credential"),
    path("<int:number>/credentials/<int:pk>/remove/", credential_views.remove, name="remove-credential"),
    path("<int:number>/credentials/<int:pk>/lost/", credential_views.lost, name="lost-credential"),
    path("<int:number>/credentials/<int:pk>/found/", credential_views.found, name="found-credential"),
    path("<int:number>/doors/", person_views.person_doors, name="doors"),
    path("<int:number>/events/", person_events.person_events, name="events"),
    path("<int:number>/changes/", person_views.person_changes_page, name="changes"),
    path("<int:number>/suspend/", standing_views.suspend, name="suspend"),
    path("<int:number>/reinstate/", standing_views.reinstate, name="reinstate"),
    path("<int:number>/data.json", privacy_views.export_data, name="export-data"),
    path("<int:number>/erase/", privacy_views.erase, name="erase"),
    path("<int:number>/delete/", standing_views.delete_person, name="delete"),
]
