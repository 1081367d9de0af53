"""Secrets of phones stand encrypted from now on, and nowhere else.

A web process of the former version takes no code of a phone any more until it is started again.
"""

from typing import Any

from django.db import migrations, transaction

from appointments.encryption import decrypt, encrypt


def encrypt_all(apps: Any, schema_editor: Any) -> None:
    TOTPDevice = apps.get_model("otp_totp", "TOTPDevice")
    PhoneDevice = apps.get_model("appointments", "PhoneDevice")
    for device in TOTPDevice.objects.exclude(key=""):
        phone = PhoneDevice(totpdevice_ptr_id=device.pk, secret_encrypted=encrypt(device.key))
        with transaction.atomic():
            phone.save_base(raw=True, force_insert=True)
            TOTPDevice.objects.filter(pk=device.pk).update(key="")


def decrypt_all(apps: Any, schema_editor: Any) -> None:
    TOTPDevice = apps.get_model("otp_totp", "TOTPDevice")
    PhoneDevice = apps.get_model("appointments", "PhoneDevice")
    for phone in PhoneDevice.objects.all():
        TOTPDevice.objects.filter(pk=phone.pk).update(key=decrypt(phone.secret_encrypted))


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('appointments', '0037_phone_device'),
    ]

    operations = [
        migrations.RunPython(encrypt_all, decrypt_all),
    ]
