// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {StepTrie} from "./StepTrie.sol";

/// @notice What a transaction did, as TransitionStatus of the library has it.
enum Status {
    Applied,
    InsufficientBalance,
    BalanceOverflow,
    OverCap,
    NoRecovery,
    NotGuardian,
    RecoveryRuns,
    NoSuchRecovery,
    AlreadyApproved,
    TooFewApprovals,
    TooEarly,
    Reverted,
    BadSignature,
    WrongChain,
    WrongNonce,
    CorruptState,
    Malformed,
    UnknownSender,
    WrongKey,
    WrongSponsor,
    CannotPayFee,
    SentBack
}

/// @notice Names an account: scheme 0 and no digest for none.
struct Name {
    uint8 scheme;
    bytes32 digest;
}

/// @notice An account's record; digest is that of a key that replaced the first, or zero.
struct Record {
    bool exists;
    uint64 nonce;
    uint64 number;
    bytes32 digest;
}

/// @notice A state while a step runs: writes wait, newest last, so that dropping the newest undoes them.
struct Ledger {
    StepTrie.Trie trie;
    bytes32[] keys;
    bytes[] values;
    uint256 count;
}

/// @title StepLedger: accounts, balances and supplies of docs/formats/rollups-payments.md over a witness
library StepLedger {
    // A payment writes eleven values at most: six to be paid for, five to do.
    uint256 private constant MAX_WRITES = 16;

    function open(bytes32 root, bytes calldata witness) internal pure returns (Ledger memory ledger) {
        ledger.trie = StepTrie.open(root, witness);
        ledger.keys = new bytes32[](MAX_WRITES);
        ledger.values = new bytes[](MAX_WRITES);
    }

    /// @notice The root after all writes.
    function close(Ledger memory ledger) internal pure returns (bytes32) {
        for (uint256 i = 0; i < ledger.count; i++) StepTrie.put(ledger.trie, ledger.keys[i], ledger.values[i]);
        return StepTrie.rehash(ledger.trie);
    }

    function get(Ledger memory ledger, bytes32 key) internal pure returns (bool exists, bytes memory value) {
        for (uint256 i = ledger.count; i > 0; i--) {
            if (ledger.keys[i - 1] == key) return (true, ledger.values[i - 1]);
        }
        return StepTrie.find(ledger.trie, key);
    }

    function put(Ledger memory ledger, bytes32 key, bytes memory value) internal pure {
        // A place that the witness does not show cannot be written, even if that is undone later.
        get(ledger, key);
        ledger.keys[ledger.count] = key;
        ledger.values[ledger.count++] = value;
    }

    function account(Ledger memory ledger, Name memory name) internal pure returns (Status, bytes32 key, Record memory record) {
        key = keccak256(abi.encodePacked(bytes1(0x20), name.scheme, name.digest));
        bytes memory value;
        (record.exists, value) = get(ledger, key);
        if (!record.exists) return (Status.Applied, key, record);
        if (value.length != 16 && value.length != 48) return (Status.CorruptState, key, record);
        record.nonce = uint64(little(value, 0, 8));
        record.number = uint64(little(value, 8, 8));
        if (value.length == 48) {
            record.digest = wordAt(value, 16);
            if (record.digest == 0) return (Status.CorruptState, key, record);
        }
        return (Status.Applied, key, record);
    }

    function setAccount(Ledger memory ledger, bytes32 key, Record memory record) internal pure {
        bytes memory short = abi.encodePacked(bytes8(uint64(swap(record.nonce, 8))), bytes8(uint64(swap(record.number, 8))));
        put(ledger, key, record.digest == 0 ? short : bytes.concat(short, record.digest));
    }

    /// @notice The key that the address was made from has no digest of its own in the record.
    function withKey(Record memory record, Name memory name, bytes32 digest) internal pure {
        record.digest = digest == name.digest ? bytes32(0) : digest;
    }

    function debit(Ledger memory ledger, Name memory name, uint32 token, uint128 value) internal pure returns (Status) {
        bytes32 key = _balance(name, token);
        (Status status, uint256 balance,) = _amount(ledger, key);
        if (status != Status.Applied) return status;
        if (balance < value) return Status.InsufficientBalance;
        _setAmount(ledger, key, balance - value);
        return Status.Applied;
    }

    function credit(Ledger memory ledger, Name memory name, uint32 token, uint128 value) internal pure returns (Status) {
        bytes32 key = _balance(name, token);
        (Status status, uint256 balance, bool exists) = _amount(ledger, key);
        if (status != Status.Applied) return status;
        if (balance + value > type(uint128).max) return Status.CorruptState;
        if (!exists) {
            status = _number(ledger, name);
            if (status != Status.Applied) return status;
        }
        _setAmount(ledger, key, balance + value);
        return Status.Applied;
    }

    function changeSupply(Ledger memory ledger, uint32 token, uint128 value, bool isUp) internal pure returns (Status) {
        bytes32 key = keccak256(abi.encodePacked(bytes1(0x23), bytes4(uint32(swap(token, 4)))));
        (Status status, uint256 supply,) = _amount(ledger, key);
        if (status != Status.Applied) return status;
        if (isUp) {
            if (supply + value > type(uint128).max) return Status.BalanceOverflow;
            _setAmount(ledger, key, supply + value);
            return Status.Applied;
        }
        if (supply < value) return Status.CorruptState;
        _setAmount(ledger, key, supply - value);
        return Status.Applied;
    }

    /// @notice Reads a little-endian integer.
    function little(bytes memory data, uint256 offset, uint256 size) internal pure returns (uint256 value) {
        for (uint256 i = size; i > 0; i--) value = (value << 8) | uint8(data[offset + i - 1]);
    }

    /// @notice An integer of so many bytes with their order turned round.
    function swap(uint256 value, uint256 size) internal pure returns (uint256 swapped) {
        for (uint256 i = 0; i < size; i++) {
            swapped = (swapped << 8) | (value & 0xff);
            value >>= 8;
        }
    }

    function wordAt(bytes memory data, uint256 offset) internal pure returns (bytes32 word) {
        if (data.length < offset + 32) revert StepTrie.BadWitness();
        assembly ("memory-safe") {
            word := mload(add(add(data, 32), offset))
        }
    }

    function _balance(Name memory name, uint32 token) private pure returns (bytes32) {
        return keccak256(abi.encodePacked(bytes1(0x21), name.scheme, name.digest, bytes4(uint32(swap(token, 4)))));
    }

    function _amount(Ledger memory ledger, bytes32 key) private pure returns (Status, uint256, bool) {
        (bool exists, bytes memory value) = get(ledger, key);
        if (!exists) return (Status.Applied, 0, false);
        if (value.length != 16) return (Status.CorruptState, 0, true);
        return (Status.Applied, little(value, 0, 16), true);
    }

    function _setAmount(Ledger memory ledger, bytes32 key, uint256 value) private pure {
        put(ledger, key, abi.encodePacked(bytes16(uint128(swap(value, 16)))));
    }

    // An account gets a number with its first tokens.
    function _number(Ledger memory ledger, Name memory name) private pure returns (Status) {
        (Status status, bytes32 key, Record memory record) = account(ledger, name);
        if (status != Status.Applied || record.exists) return status;
        bytes32 countKey = keccak256(abi.encodePacked(bytes1(0x26)));
        (, bytes memory value) = get(ledger, countKey);
        if (value.length != 0 && value.length != 8) return Status.CorruptState;
        record.number = value.length == 0 ? 0 : uint64(little(value, 0, 8));
        bytes8 number = bytes8(uint64(swap(record.number, 8)));
        put(ledger, keccak256(abi.encodePacked(bytes1(0x22), number)), abi.encodePacked(name.scheme, name.digest));
        unchecked {
            put(ledger, countKey, abi.encodePacked(bytes8(uint64(swap(record.number + 1, 8)))));
        }
        setAccount(ledger, key, record);
        return Status.Applied;
    }
}
