// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title For tests: notes what it is told, or refuses.
contract TestReceiver {
    event Told(address caller, uint8 scheme, bytes32 digest, bytes data);

    error Deaf();

    function onRollupMessage(uint8 scheme, bytes32 digest, bytes calldata data) external {
        if (data.length == 0) revert Deaf();
        emit Told(msg.sender, scheme, digest, data);
    }
}
