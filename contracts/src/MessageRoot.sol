// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @notice What it needs of the Inbox.
interface IForcedQueue {
    function enqueue(bytes calldata data) external payable returns (uint64 index);
    function forcedFee() external view returns (uint256);
}

/// @notice Which batches of the rollup are final, and their exit roots; zero for one that is not known.
interface IFinality {
    function isFinal(uint64 batch) external view returns (bool);
    function exitRoot(uint64 batch) external view returns (bytes32);
}

/// @notice The way out: once frozen, batches from `count` on never were.
interface IHatch {
    function frozen() external view returns (bool isFrozen, uint64 count);
}

/// @notice What a contract must have to get messages of the rollup. Who called it, and who sent the message, it must check.
interface IReceiver {
    function onRollupMessage(uint8 scheme, bytes32 digest, bytes calldata data) external;
}

/// @notice What leaves only once it is proven. Reverts unless it is.
interface IPolicy {
    function check(uint8 kind, uint64 batch, uint64 index, uint32 token, uint128 value) external view;
}

/// @title MessageRoot: words between the rollup and other contracts
/// @notice A message out is a leaf below a final exit root; relaying it calls the target once, and as often as the target
/// reverts it can be tried again. A message in is a forced item that names who sent it.
contract MessageRoot {
    IForcedQueue public immutable inbox;
    IFinality public immutable finality;
    /// @notice Zero for none.
    IHatch public immutable hatch;
    /// @notice What it asks of messages, as long as nothing is frozen; zero for nothing.
    IPolicy public immutable policy;
    uint64 public immutable rollup;

    mapping(uint64 batch => mapping(uint256 word => uint256)) private _relayed;

    event Relayed(uint64 indexed batch, uint64 indexed index, address indexed target);
    event Sent(uint64 indexed forcedIndex, address indexed from, uint8 scheme, bytes32 digest);

    error NotFinal(uint64 batch);
    error NotInTree();
    error AlreadyRelayed(uint64 batch, uint64 index);
    error Frozen();
    error NoTarget(address target);
    error TargetFailed(bytes reason);
    error FeeTooLow(uint256 expected, uint256 got);
    error TransferFailed();

    constructor(address inbox_, address finality_, address hatch_, uint64 rollup_, address policy_) {
        inbox = IForcedQueue(inbox_);
        finality = IFinality(finality_);
        hatch = IHatch(hatch_);
        policy = IPolicy(policy_);
        rollup = rollup_;
    }

    /// @notice Brings a message of a final batch to its target. Anyone may.
    /// @param index The leaf's place among the batch's effects.
    /// @param scheme The scheme byte of the sender's address on the rollup.
    /// @param digest The 32 bytes of that address.
    /// @param siblings From the leaf up.
    function relay(uint64 batch, uint64 index, uint8 scheme, bytes32 digest, address target, bytes calldata data, bytes32[] calldata siblings) external {
        if (!finality.isFinal(batch)) revert NotFinal(batch);
        bool isFrozen = false;
        uint64 count = 0;
        if (address(hatch) != address(0)) (isFrozen, count) = hatch.frozen();
        if (isFrozen && batch >= count) revert Frozen();
        if (address(policy) != address(0) && !isFrozen) policy.check(2, batch, index, 0, 0);
        _verify(finality.exitRoot(batch), index, leafOf(batch, index, scheme, digest, target, keccak256(data)), siblings);
        uint256 bit = 1 << (index & 255);
        if (_relayed[batch][index >> 8] & bit != 0) revert AlreadyRelayed(batch, index);
        _relayed[batch][index >> 8] |= bit;
        if (target.code.length == 0) revert NoTarget(target);
        emit Relayed(batch, index, target);
        (bool ok, bytes memory reason) = target.call(abi.encodeCall(IReceiver.onRollupMessage, (scheme, digest, data)));
        if (!ok) revert TargetFailed(reason);
    }

    /// @notice Queues a message to an account of the rollup; the call carries the fee of a forced item, and what is above it comes back.
    function send(uint8 scheme, bytes32 digest, bytes calldata data) external payable returns (uint64 index) {
        uint256 fee = inbox.forcedFee();
        if (msg.value < fee) revert FeeTooLow(fee, msg.value);
        index = inbox.enqueue{value: fee}(abi.encode(msg.sender, scheme, digest, data));
        emit Sent(index, msg.sender, scheme, digest);
        if (msg.value > fee) {
            (bool ok,) = msg.sender.call{value: msg.value - fee}("");
            if (!ok) revert TransferFailed();
        }
    }

    function isRelayed(uint64 batch, uint64 index) external view returns (bool) {
        return _relayed[batch][index >> 8] >> (index & 255) & 1 != 0;
    }

    /// @notice The leaf of a message.
    function leafOf(uint64 batch, uint64 index, uint8 scheme, bytes32 digest, address target, bytes32 dataHash) public view returns (bytes32) {
        return keccak256(abi.encode(uint256(2), rollup, batch, index, scheme, digest, target, dataHash));
    }

    function _verify(bytes32 root, uint64 index, bytes32 leaf, bytes32[] calldata siblings) private pure {
        if (root == 0 || siblings.length > 30 || index >> siblings.length != 0) revert NotInTree();
        for (uint256 i = 0; i < siblings.length; i++) {
            leaf = index >> i & 1 == 0 ? keccak256(abi.encode(leaf, siblings[i])) : keccak256(abi.encode(siblings[i], leaf));
        }
        if (leaf != root) revert NotInTree();
    }
}
