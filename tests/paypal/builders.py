"""Bodies as PayPal writes them, and keys to fetch them with."""

from typing import Any

from kooneo.paypal import Credentials, Environment, NewSubscription

ID = "I-BW452GLLEP1G"
SECRET = "EBWKjlELKMYqRNQ6sYvFo64FtaRLRR5BdHEESmha49TM-secret"


def the_keys(secret: str = SECRET) -> Credentials:
    return Credentials("AZDxjDScFpQtjWTOUtWKbyN_bDt4OgqaF4eYXlewfBP4-8aqX3PiV8e1", secret, Environment.SANDBOX)


def a_subscription(**changes: Any) -> dict[str, Any]:
    return {
        "id": ID,
        "plan_id": "P-5ML4271244454362WXNWU5NQ",
        "status": "ACTIVE",
        "status_update_time": "2026-01-10T21:20:49Z",
        "start_time": "2025-11-01T00:00:00Z",
        "create_time": "2025-10-31T09:00:00Z",
        "quantity": "1",
        "plan_overridden": False,
        "subscriber": {
            "email_address": "camille@client.test",
            "payer_id": "2J6QB8YJQSJRJ",
            "name": {"given_name": "Camille", "surname": "Roux"},
        },
        "billing_info": a_billing_info(),
    } | changes


APPROVE = "https://www.sandbox.paypal.com/webapps/billing/subscriptions?ba_token=BA-2M539689T3856352J"


def an_approval(approve: str | None = APPROVE) -> dict[str, Any]:
    """What PayPal answers to a new subscription."""
    links = [
        {"href": f"https://api-m.sandbox.paypal.com/v1/billing/subscriptions/{ID}", "rel": "self", "method": "GET"}
    ]
    if approve:
        links.insert(0, {"href": approve, "rel": "approve", "method": "GET"})
    return {"id": ID, "status": "APPROVAL_PENDING", "create_time": "2026-01-01T10:00:00Z", "links": links}


def a_new_subscription() -> NewSubscription:
    return NewSubscription(
        plan_id="P-5ML4271244454362WXNWU5NQ",
        custom_id="order-1",
        brand="Atelier Lumière",
        email="camille@client.test",
        given_name="Camille",
        family_name="Roux",
        return_url="https://kooneo.test/back",
        cancel_url="https://kooneo.test/left",
    )


def a_billing_info(**changes: Any) -> dict[str, Any]:
    return {
        "outstanding_balance": {"currency_code": "EUR", "value": "0.00"},
        "cycle_executions": [
            {"tenure_type": "TRIAL", "sequence": 1, "cycles_completed": 1, "cycles_remaining": 0, "total_cycles": 1},
            {"tenure_type": "REGULAR", "sequence": 2, "cycles_completed": 3, "cycles_remaining": 9, "total_cycles": 12},
        ],
        "last_payment": {"amount": {"currency_code": "EUR", "value": "49.00"}, "time": "2026-01-01T10:00:00Z"},
        "next_billing_time": "2026-02-01T10:00:00Z",
        "final_payment_time": "2026-10-01T10:00:00Z",
        "failed_payments_count": 0,
    } | changes


def a_transaction(**changes: Any) -> dict[str, Any]:
    return {
        "id": "TRFGHNJKOIIOJKL",
        "status": "COMPLETED",
        "payer_email": "camille@client.test",
        "time": "2026-01-01T10:00:00.940Z",
        "amount_with_breakdown": {"gross_amount": {"currency_code": "EUR", "value": "49.00"}},
    } | changes


def a_plan(**changes: Any) -> dict[str, Any]:
    return {
        "id": "P-5ML4271244454362WXNWU5NQ",
        "product_id": "PROD-XXCD1234QWER65782",
        "name": "Atelier du mardi",
        "status": "ACTIVE",
        "billing_cycles": [a_cycle(tenure_type="TRIAL", total_cycles=1), a_cycle()],
    } | changes


def a_cycle(price: str | None = "49.00", **changes: Any) -> dict[str, Any]:
    scheme = {"pricing_scheme": {"fixed_price": {"currency_code": "EUR", "value": price}}} if price else {}
    return {
        "tenure_type": "REGULAR",
        "sequence": 2,
        "total_cycles": 12,
        "frequency": {"interval_unit": "MONTH", "interval_count": 1},
    } | (scheme | changes)


def an_error(name: str = "UNPROCESSABLE_ENTITY", issue: str = "SUBSCRIPTION_STATUS_INVALID") -> dict[str, Any]:
    return {
        "name": name,
        "message": "The requested action could not be performed.",
        "debug_id": "b1d1f06c7246c",
        "details": [{"issue": issue, "description": "Invalid subscription status for cancel action."}],
    }
