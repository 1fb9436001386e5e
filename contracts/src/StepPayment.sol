// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Name, StepLedger} from "./StepLedger.sol";
import {StepRecovery} from "./StepRecovery.sol";
import {StepSignature} from "./StepSignature.sol";

/// @notice A payment. body: what is signed, less tag and chain.
struct Payment {
    uint8 kind;
    Name sender;
    uint64 nonce;
    uint32 token;
    uint128 amount;
    Name recipient;
    uint32 feeToken;
    uint128 fee;
    Name sponsor;
    address l1Recipient;
    bytes payload;
    bytes body;
    bytes key;
    bytes signature;
    bytes sponsorKey;
    bytes sponsorSignature;
}

/// @title StepPayment: reads payments, and says what can be said of one without a state
library StepPayment {
    uint256 private constant FIXED = 172;
    uint256 private constant MAX_PAYLOAD = 1024;

    /// @notice Reads docs/formats/rollups-step.md; false for anything else.
    function parse(bytes calldata data) internal pure returns (bool, Payment memory payment) {
        if (data.length < FIXED) return (false, payment);
        bytes memory head = data[:FIXED];
        uint256 length = StepLedger.little(head, 168, 4);
        if (length > data.length - FIXED) return (false, payment);
        payment.kind = uint8(head[0]);
        payment.sender = _name(head, 1);
        payment.nonce = uint64(StepLedger.little(head, 34, 8));
        payment.token = uint32(StepLedger.little(head, 42, 4));
        payment.amount = uint128(StepLedger.little(head, 46, 16));
        payment.recipient = _name(head, 62);
        payment.feeToken = uint32(StepLedger.little(head, 95, 4));
        payment.fee = uint128(StepLedger.little(head, 99, 16));
        payment.sponsor = _name(head, 115);
        payment.l1Recipient = address(bytes20(data[148:168]));
        payment.payload = data[FIXED:FIXED + length];
        payment.body = data[:FIXED + length];
        uint256 offset = FIXED + length;
        (payment.key, offset) = _field(data, offset);
        (payment.signature, offset) = _field(data, offset);
        (payment.sponsorKey, offset) = _field(data, offset);
        (payment.sponsorSignature, offset) = _field(data, offset);
        return (offset == data.length, payment);
    }

    // A length of two bytes, little-endian, and the bytes; past the end for what is not there.
    function _field(bytes calldata data, uint256 offset) private pure returns (bytes memory field, uint256 next) {
        if (offset + 2 > data.length) return (field, type(uint128).max);
        uint256 length = uint8(data[offset]) | (uint256(uint8(data[offset + 1])) << 8);
        if (offset + 2 + length > data.length) return (field, type(uint128).max);
        return (data[offset + 2:offset + 2 + length], offset + 2 + length);
    }

    function _name(bytes memory data, uint256 offset) private pure returns (Name memory) {
        return Name(uint8(data[offset]), StepLedger.wordAt(data, offset + 1));
    }

    /// @notice Each field is one that the kind uses, with a value of the right shape, or zero.
    function isWellFormed(Payment memory payment) internal pure returns (bool) {
        bytes memory payload = payment.payload;
        if (payment.sender.scheme == 0 || payload.length > MAX_PAYLOAD) return false;
        if (payment.sponsor.scheme == 0) {
            if (payment.sponsor.digest != 0 || payment.sponsorKey.length != 0 || payment.sponsorSignature.length != 0) return false;
        } else if (_same(payment.sponsor, payment.sender)) {
            return false;
        }
        uint256 kind = payment.kind;
        bool hasRecipient = payment.recipient.scheme != 0;
        bool noRecipient = !hasRecipient && payment.recipient.digest == 0;
        if (kind == 0) return hasRecipient && payment.l1Recipient == address(0) && payload.length == 0;
        if (kind == 1) return payment.amount != 0 && noRecipient && payload.length == 0;
        if (payment.token != 0 || payment.amount != 0) return false;
        if (kind == 2) return noRecipient;
        if (payment.l1Recipient != address(0)) return false;
        if (kind == 3) return noRecipient && StepSignature.isKey(payload);
        if (kind == 4) return noRecipient && StepRecovery.isPolicy(payload);
        if (kind == 5) return hasRecipient && StepSignature.isKey(payload);
        if (kind == 6 || kind == 7) return hasRecipient && payload.length == 32 && bytes32(payload) != 0;
        return kind == 8 && _same(payment.recipient, payment.sender) && payload.length == 0;
    }

    function _same(Name memory one, Name memory other) private pure returns (bool) {
        return one.scheme == other.scheme && one.digest == other.digest;
    }

    /// @notice The most that a kind can touch besides.
    function use(Payment memory payment) internal pure returns (uint64 gas, uint64 units) {
        uint256 length = payment.payload.length;
        (uint256 reads, uint256 writes, uint256 effects) = (2, 1, 0);
        if (payment.kind == 0) (reads, writes) = (4, 5);
        else if (payment.kind == 1) (reads, writes, effects) = (2, 2, 1);
        else if (payment.kind == 2) (reads, writes, effects) = (0, 0, 1);
        else if (payment.kind == 3) (reads, writes) = (1, 1);
        else if (payment.kind == 7) (reads, writes) = (3, 2);
        gas = uint64(reads * 200 + writes * 600 + effects * 300 + length * 2);
        units = uint64(reads * 40 + writes * 40 + effects * 4 + length / 32);
    }
}
