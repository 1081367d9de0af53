from tests.integrations.sandbox_fixtures import ask, clock, receiver, sandbox, world

__all__ = ["ask", "clock", "receiver", "sandbox", "world"]
