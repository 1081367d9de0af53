"""From where somebody asks, for counting who asks too often."""

from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """An IP address; of IPv6 the network, as one household has billions of addresses. Empty: unknown.

    Behind a trusted proxy the last one that it names: those before may be anybody's invention.
    """
    said = str(request.META.get("REMOTE_ADDR") or "")
    if settings.TRUST_PROXY_HEADERS:
        said = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip() or said
    try:
        address = ip_address(said.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or ip_network((address, 64), strict=False).network_address)
    return str(address)
