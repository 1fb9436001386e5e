// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title For tests: states are final because someone says so.
contract TestFinality {
    struct Roots {
        bytes32 stateRoot;
        bytes32 exitRoot;
    }

    Roots[] private _roots;
    uint64 private _since;

    event Claimed(
        uint64 indexed batch, address indexed proposer, bytes32 parent, bytes32 left, bytes32 right, bytes32 stateRoot, bytes32 exitRoot, uint64 proposedAt
    );

    function claim(uint64 batch, bytes32 stateRoot_, bytes32 exitRoot_) external {
        emit Claimed(batch, msg.sender, 0, 0, 0, stateRoot_, exitRoot_, uint64(block.timestamp));
        if (_roots.length == 0) _since = uint64(block.timestamp);
    }

    function set(bytes32 stateRoot_, bytes32 exitRoot_) external {
        _roots.push(Roots(stateRoot_, exitRoot_));
        _since = uint64(block.timestamp);
    }

    function publish(uint64 batch, bytes32 stateRoot_) external {
        _roots[batch].stateRoot = stateRoot_;
    }

    function isFinal(uint64 batch) external view returns (bool) {
        return batch < _roots.length;
    }

    function stateRoot(uint64 batch) external view returns (bytes32) {
        return batch < _roots.length ? _roots[batch].stateRoot : bytes32(0);
    }

    function exitRoot(uint64 batch) external view returns (bytes32) {
        return batch < _roots.length ? _roots[batch].exitRoot : bytes32(0);
    }

    function lastFinal() external view returns (uint64 batch, uint64 since, bool any) {
        return (_roots.length == 0 ? 0 : uint64(_roots.length) - 1, _since, _roots.length != 0);
    }
}
