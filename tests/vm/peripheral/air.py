"""The radio between two simulated controllers, and the controllers: Bumble's, with what Linux needs and they lack."""
import asyncio

from bumble import hci
from bumble.controller import Controller
from bumble.link import LocalLink


class Air(LocalLink):
    """The radio between the two controllers, which can be cut."""

    cut = False

    def send_acl_data(self, sender_controller, destination_address, transport, data):
        # The stock link names the sender by its random address; a kernel that uses its
        # public address would not be recognized, so the connection's own one is taken.
        if self.cut:
            return
        receiver = self.find_le_controller(destination_address)
        connection = sender_controller.le_connections.get(destination_address)
        if receiver is None or connection is None:
            return
        asyncio.get_running_loop().call_soon(
            receiver.on_link_acl_data, connection.self_address, transport, data
        )

    def send_advertising_pdu(self, sender_controller, packet):
        if not self.cut:
            super().send_advertising_pdu(sender_controller, packet)

    def send_ll_control_pdu(self, sender_address, receiver_address, packet):
        if not self.cut and self.find_le_controller(receiver_address):
            super().send_ll_control_pdu(sender_address, receiver_address, packet)


class Radio(Controller):
    """A controller with what Linux expects and the stock one leaves out."""

    # With link-layer privacy or extended advertising among its features, a controller has
    # to report connections by the Enhanced Connection Complete event, which Linux then
    # waits for (holding up every later command); the stock controller sends the old one.
    le_features = (
        Controller.le_features
        & ~hci.LeFeatureMask.LL_PRIVACY
        & ~hci.LeFeatureMask.LE_EXTENDED_ADVERTISING
        & ~hci.LeFeatureMask.LE_PERIODIC_ADVERTISING
    )
    le_acl_data_packet_length = 251
    supported_max_tx_octets = 251
    supported_max_rx_octets = 251
    rssi = -50
    other = None

    def on_hci_le_create_connection_cancel_command(self, _command):
        pending, self.pending_le_connection = self.pending_le_connection, None
        if pending is None:
            return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.COMMAND_DISALLOWED_ERROR)
        asyncio.get_running_loop().call_soon(
            self.send_hci_packet,
            hci.HCI_LE_Connection_Complete_Event(
                status=hci.HCI_ErrorCode.UNKNOWN_CONNECTION_IDENTIFIER_ERROR,
                connection_handle=0,
                role=hci.Role.CENTRAL,
                peer_address_type=pending.peer_address.address_type,
                peer_address=pending.peer_address,
                connection_interval=0,
                peripheral_latency=0,
                supervision_timeout=0,
                central_clock_accuracy=0,
            ),
        )
        return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.SUCCESS)

    def on_hci_reset_command(self, command):
        self.pending_le_connection = None
        self.le_scan_enable = False
        return super().on_hci_reset_command(command)

    def on_advertising_pdu(self, pdu):
        """Reports what is heard: the advertisement and, when scanning actively, the scan
        response of its own (the stock controller repeats the advertisement instead)."""
        Event = hci.HCI_LE_Advertising_Report_Event
        if self.le_scan_enable:
            heard = [(Event.EventType.ADV_IND, pdu.data)]
            if self.le_scan_type:
                heard.append((Event.EventType.SCAN_RSP, self.other.le_legacy_advertiser.scan_response_data))
            for kind, data in heard:
                report = Event.Report(
                    event_type=kind,
                    address_type=pdu.advertiser_address.address_type,
                    address=pdu.advertiser_address,
                    data=bytes(data),
                    rssi=self.rssi,
                )
                self.send_hci_packet(Event([report]))
        pending = self.pending_le_connection
        if pending and pending.peer_address == pdu.advertiser_address:
            self.create_le_connection(pdu.advertiser_address)

    def lose_all(self):
        """Every connection ends by itself, as after a supervision timeout."""
        for connection in list(self.le_connections.values()):
            self.on_le_disconnected(connection, hci.HCI_ErrorCode.CONNECTION_TIMEOUT_ERROR)
