// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Ledger, Name, Record, Status, StepLedger} from "./StepLedger.sol";

/// @title StepRecovery: accounts that guardians give a new key, by the rules of docs/formats/rollups-payments.md
library StepRecovery {
    using StepLedger for Ledger;

    uint256 private constant ROUND = 8;
    uint256 private constant HEAD = 6;
    uint256 private constant GUARDIAN = 33;
    uint256 private constant MAX_GUARDIANS = 16;

    /// @notice True for a payload that names guardians, or nobody.
    function isPolicy(bytes memory payload) internal pure returns (bool) {
        return payload.length == 0 || _isPolicy(payload, 0);
    }

    function set(Ledger memory ledger, Name memory owner, bytes memory payload) internal pure returns (Status) {
        (Status status, bytes32 key, bytes memory policy) = _policy(ledger, owner);
        if (status != Status.Applied) return status;
        ledger.put(key, bytes.concat(_nextRound(policy), payload));
        return Status.Applied;
    }

    function cancel(Ledger memory ledger, Name memory owner) internal pure returns (Status) {
        (Status status, bytes32 key, bytes memory policy) = _policy(ledger, owner);
        if (status != Status.Applied) return status;
        if (policy.length <= ROUND) return Status.NoRecovery;
        _putNextRound(ledger, key, policy);
        return Status.Applied;
    }

    function ask(Ledger memory ledger, Name memory guardian, Name memory owner, bytes32 asked, bool isStart, uint64 time) internal pure returns (Status) {
        (Status status,, bytes memory policy) = _policy(ledger, owner);
        if (status != Status.Applied) return status;
        if (policy.length <= ROUND || !_isPolicy(policy, ROUND)) return Status.NoRecovery;
        uint256 index = _indexOf(policy, guardian);
        if (index == MAX_GUARDIANS) return Status.NotGuardian;

        (Status found, bytes32 key, uint64 start, uint256 approvals) = _request(ledger, owner, asked, policy);
        if (found != Status.Applied && found != Status.NoSuchRecovery) return found;
        if (isStart == (found == Status.Applied)) return isStart ? Status.RecoveryRuns : Status.NoSuchRecovery;
        if (isStart) (start, approvals) = (time, 0);
        if ((approvals >> index) & 1 != 0) return Status.AlreadyApproved;
        approvals |= 1 << index;
        ledger.put(
            key,
            abi.encodePacked(_round(policy), bytes8(uint64(StepLedger.swap(start, 8))), bytes2(uint16(StepLedger.swap(approvals, 2))))
        );
        return Status.Applied;
    }

    function finish(Ledger memory ledger, Name memory owner, bytes32 asked, uint64 time) internal pure returns (Status) {
        (Status status, bytes32 policyKey, bytes memory policy) = _policy(ledger, owner);
        if (status != Status.Applied) return status;
        if (policy.length <= ROUND || !_isPolicy(policy, ROUND)) return Status.NoRecovery;
        uint64 start;
        uint256 approvals;
        (status,, start, approvals) = _request(ledger, owner, asked, policy);
        if (status != Status.Applied) return status;
        uint256 agreed = 0;
        for (; approvals != 0; approvals >>= 1) agreed += approvals & 1;
        if (agreed < uint8(policy[ROUND])) return Status.TooFewApprovals;
        if (time < start || time - start < StepLedger.little(policy, ROUND + 2, 4)) return Status.TooEarly;

        _putNextRound(ledger, policyKey, policy);
        bytes32 key;
        Record memory record;
        (status, key, record) = ledger.account(owner);
        if (status != Status.Applied) return status;
        if (!record.exists) return Status.CorruptState;
        StepLedger.withKey(record, owner, asked);
        ledger.setAccount(key, record);
        return Status.Applied;
    }

    // The value of a policy: the round, then the payload that set it.
    function _policy(Ledger memory ledger, Name memory owner) private pure returns (Status, bytes32 key, bytes memory value) {
        key = keccak256(abi.encodePacked(bytes1(0x24), owner.scheme, owner.digest));
        (, value) = ledger.get(key);
        bool isFit = value.length == 0 || (value.length >= ROUND && value.length <= ROUND + HEAD + MAX_GUARDIANS * GUARDIAN);
        return (isFit ? Status.Applied : Status.CorruptState, key, value);
    }

    function _request(Ledger memory ledger, Name memory owner, bytes32 asked, bytes memory policy)
        private
        pure
        returns (Status, bytes32 key, uint64 start, uint256 approvals)
    {
        key = keccak256(abi.encodePacked(bytes1(0x25), owner.scheme, owner.digest, asked));
        (, bytes memory value) = ledger.get(key);
        if (value.length == 0) return (Status.NoSuchRecovery, key, 0, 0);
        if (value.length != 18) return (Status.CorruptState, key, 0, 0);
        if (StepLedger.little(value, 0, ROUND) != StepLedger.little(policy, 0, ROUND)) return (Status.NoSuchRecovery, key, 0, 0);
        return (Status.Applied, key, uint64(StepLedger.little(value, ROUND, 8)), StepLedger.little(value, 16, 2));
    }

    function _isPolicy(bytes memory data, uint256 offset) private pure returns (bool) {
        if (data.length < offset + HEAD) return false;
        (uint256 threshold, uint256 count) = (uint8(data[offset]), uint8(data[offset + 1]));
        if (count > MAX_GUARDIANS || threshold < 1 || threshold > count || data.length != offset + HEAD + count * GUARDIAN) return false;
        uint256 last = 0;
        bytes32 lastDigest;
        for (uint256 i = 0; i < count; i++) {
            uint256 place = offset + HEAD + i * GUARDIAN;
            uint256 scheme = uint8(data[place]);
            bytes32 digest = StepLedger.wordAt(data, place + 1);
            // The first is above nothing, since no scheme is 0.
            if (scheme == 0 || scheme < last || (scheme == last && digest <= lastDigest)) return false;
            (last, lastDigest) = (scheme, digest);
        }
        return true;
    }

    function _indexOf(bytes memory policy, Name memory guardian) private pure returns (uint256) {
        uint256 count = uint8(policy[ROUND + 1]);
        for (uint256 i = 0; i < count; i++) {
            uint256 place = ROUND + HEAD + i * GUARDIAN;
            if (uint8(policy[place]) == guardian.scheme && StepLedger.wordAt(policy, place + 1) == guardian.digest) return i;
        }
        return MAX_GUARDIANS;
    }

    function _round(bytes memory policy) private pure returns (bytes8) {
        return bytes8(uint64(StepLedger.swap(StepLedger.little(policy, 0, ROUND), 8)));
    }

    function _nextRound(bytes memory policy) private pure returns (bytes memory) {
        uint64 round = policy.length == 0 ? 0 : uint64(StepLedger.little(policy, 0, ROUND));
        unchecked {
            return abi.encodePacked(bytes8(uint64(StepLedger.swap(round + 1, 8))));
        }
    }

    // The same policy a round later. A copy: the value may be one that the trie holds.
    function _putNextRound(Ledger memory ledger, bytes32 key, bytes memory policy) private pure {
        bytes memory next = bytes.concat(policy);
        bytes memory round = _nextRound(policy);
        for (uint256 i = 0; i < ROUND; i++) next[i] = round[i];
        ledger.put(key, next);
    }
}
