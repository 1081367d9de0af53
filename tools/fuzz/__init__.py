"""Random requests at every door, made from what the doors say of themselves: is any answer an accident?

The REST API has its OpenAPI document; the phone gets one here, from the table of which its published tools
are made. schemathesis makes requests of both, such as are allowed and such as are not.
"""
