"""The people, orders and codes that the practice apps know: made up, and the same for the same seed."""

from cs_agent.demo.phone.catalogue.generate import Catalogue
from cs_agent.demo.phone.catalogue.records import (
    Complaint,
    Customer,
    Order,
    OrderState,
    Product,
    TrackEvent,
)

__all__ = ["Catalogue", "Complaint", "Customer", "Order", "OrderState", "Product", "TrackEvent"]
