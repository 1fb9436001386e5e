// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @notice The states that are final: the newest of them, when it became so, and its root (zero if not known).
interface IFinality {
    function lastFinal() external view returns (uint64 batch, uint64 since, bool any);
    function stateRoot(uint64 batch) external view returns (bytes32);
}

/// @notice What pays.
interface IEscrow {
    function payOut(uint32 token, uint128 amount, address recipient) external;
}

/// @notice What tells which deposits were taken.
interface IQueue {
    function batchHeads(uint64 number) external view returns (bytes32);
    function forcedHeads(uint64 index) external view returns (bytes32);
}

/// @title EscapeHatch: out of a rollup that stands still
/// @notice When no state has become final for longer than an honest rollup can be held up, anyone freezes it. From then on
/// whoever proves a balance of the last final state is paid it, once, and a deposit that this state has not got goes back
/// to who made it. Nobody can pause this.
/// @dev Of the profile whose tree is Keccak-256 and whose accounts are P-256 keys (precompile 0x100, EIP-7951). The tree is
/// that of docs/formats/rollups-witness.md, keys and values those of docs/formats/rollups-payments.md.
contract EscapeHatch {
    struct Clocks {
        uint64 finalityPeriod;
        uint64 challengePeriod;
        uint64 roundLength;
        uint64 groupSize;
        uint64 maxDemotions;
        uint64 claims;
        uint64 interval;
        uint64 margin;
    }

    /// @notice An account as the state has it, and the key that signs for it now.
    struct Owner {
        uint8 scheme;
        bytes32 digest;
        bytes record;
        bytes32 x;
        bytes32 y;
    }

    IFinality public immutable finality;
    IEscrow public immutable bridge;
    IQueue public immutable inbox;
    /// @notice T_exit: seconds without a new final state after which anyone may freeze.
    uint64 public immutable delay;

    bool public isFrozen;
    /// @notice Batches that are final for ever: the last final one at the freeze, and one; and the root after it.
    uint64 public finalCount;
    bytes32 public stateRoot;
    /// @notice Forced items that these batches took, once it was shown.
    uint64 public forcedTaken;
    bool public isForcedKnown;
    mapping(bytes32 balanceKey => bool) public hasLeft;
    mapping(uint64 forcedIndex => bool) public hasReclaimed;

    event FrozenAt(uint64 finalCount, bytes32 stateRoot);
    event ForcedKnown(uint64 forcedTaken);
    event Escaped(bytes32 indexed digest, address indexed recipient, uint32 token, uint128 amount);
    event Reclaimed(uint64 indexed forcedIndex, address indexed recipient, uint32 token, uint128 amount);

    error TooShort(uint64 least, uint64 got);
    error BadClocks();
    error NotYet(uint64 from);
    error AlreadyFrozen();
    error NotFrozen();
    error NoRoot(uint64 batch);
    error WrongBatch();
    error WrongDeposit();
    error NotInState();
    error WrongKey();
    error BadSignature();
    error AlreadyLeft();

    constructor(address finality_, address bridge_, address inbox_, uint64 delay_, Clocks memory clocks) {
        uint64 least = leastDelay(clocks);
        if (delay_ < least) revert TooShort(least, delay_);
        finality = IFinality(finality_);
        bridge = IEscrow(bridge_);
        inbox = IQueue(inbox_);
        delay = delay_;
    }

    /// @notice For the bridge: nothing from batch `count` on ever was.
    function frozen() external view returns (bool, uint64 count) {
        return (isFrozen, finalCount);
    }

    /// @notice Freezes the rollup at its last final state. Anyone may, once that is older than the delay.
    function freeze() external {
        if (isFrozen) revert AlreadyFrozen();
        (uint64 batch, uint64 since, bool any) = finality.lastFinal();
        if (block.timestamp <= since + delay) revert NotYet(since + delay);
        isFrozen = true;
        if (any) {
            bytes32 root = finality.stateRoot(batch);
            if (root == 0) revert NoRoot(batch);
            finalCount = batch + 1;
            stateRoot = root;
        } else {
            isForcedKnown = true;
        }
        emit FrozenAt(finalCount, stateRoot);
    }

    /// @notice Pays a balance to whom its owner named.
    /// @param accountPath Siblings of the account's leaf from the root down, as many as it is deep.
    /// @param balancePath The same for the balance.
    /// @param r,s The owner's signature over SHA-256 of `messageOf`.
    function escape(Owner calldata owner, bytes32[] calldata accountPath, uint32 token, uint128 amount, bytes32[] calldata balancePath, address recipient, bytes32 r, bytes32 s)
        external
    {
        if (!isFrozen) revert NotFrozen();
        _checkOwner(owner, accountPath, recipient, r, s);
        bytes32 key = keccak256(abi.encodePacked(bytes1(0x21), owner.scheme, owner.digest, _swap32(token)));
        _checkLeaf(key, keccak256(abi.encodePacked(bytes1(0x02), _swap128(amount))), balancePath);
        if (hasLeft[key]) revert AlreadyLeft();
        hasLeft[key] = true;
        emit Escaped(owner.digest, recipient, token, amount);
        bridge.payOut(token, amount, recipient);
    }

    /// @notice Shows what the last final batch was, so that the deposits after it are known.
    function showBatch(bytes32 before, uint8 kind, bytes32 commitment, uint64 taken, bytes32 forcedHead, uint256 blockNumber, uint256 timestamp) external {
        if (!isFrozen) revert NotFrozen();
        if (finalCount == 0) revert WrongBatch();
        uint64 number = finalCount - 1;
        if (inbox.batchHeads(number) != keccak256(abi.encode(before, number, kind, commitment, taken, forcedHead, blockNumber, timestamp))) revert WrongBatch();
        forcedTaken = taken;
        isForcedKnown = true;
        emit ForcedKnown(taken);
    }

    /// @notice Gives a deposit back that the last final state has not got.
    function reclaim(uint64 index, uint32 token, uint128 amount, uint8 scheme, bytes32 digest, address from, uint256 blockNumber, uint256 timestamp) external {
        if (!isFrozen || !isForcedKnown) revert NotFrozen();
        bytes32 item = keccak256(abi.encode(bridge, keccak256(abi.encode(token, amount, scheme, digest, from))));
        bytes32 before = index == 0 ? bytes32(0) : inbox.forcedHeads(index - 1);
        if (index < forcedTaken || inbox.forcedHeads(index) != keccak256(abi.encode(before, item, blockNumber, timestamp))) revert WrongDeposit();
        if (hasReclaimed[index]) revert AlreadyLeft();
        hasReclaimed[index] = true;
        emit Reclaimed(index, from, token, amount);
        bridge.payOut(token, amount, from);
    }

    /// @notice What an owner signs: with it all balances of the account go to the recipient.
    function messageOf(uint8 scheme, bytes32 digest, address recipient) public view returns (bytes memory) {
        return abi.encode("Prozchain escape v0", block.chainid, address(this), scheme, digest, recipient);
    }

    /// @notice The shortest delay: longer than an honest rollup can be held up by this many claims, with a margin.
    /// @dev Rounds as in the Dave paper, section 5.2: in groups of unlike claims the least demoted one is kept. With one
    /// claim there are no disputes: the period is then the wait after a proof, and the interval the longest proof.
    function leastDelay(Clocks memory c) public pure returns (uint64) {
        if (c.claims == 0 || c.claims >= 1 << 60 || c.margin < 1 days || c.groupSize < 2 || c.groupSize > 65536 || c.maxDemotions == 0 || c.maxDemotions > 64) revert BadClocks();
        uint64 worst = 0;
        if (c.claims > 1) worst = c.roundLength * (_rounds(c.groupSize, c.maxDemotions, c.claims) + c.maxDemotions);
        return (c.finalityPeriod > c.challengePeriod ? c.finalityPeriod : c.challengePeriod) + worst + c.interval + c.margin + 1;
    }

    function _rounds(uint64 groupSize, uint64 maxDemotions, uint64 claims) private pure returns (uint64 rounds) {
        uint64[] memory counts = new uint64[](maxDemotions + 1);
        counts[0] = claims;
        for (uint64 left = claims; left > 1; rounds++) {
            uint64[] memory next = new uint64[](maxDemotions + 1);
            uint64 open = 0;
            left = 0;
            for (uint64 i = 0; i < maxDemotions; i++) {
                uint64 count = counts[i];
                uint64 joins = open == 0 ? 0 : groupSize - open < count ? groupSize - open : count;
                next[i + 1] += joins;
                open = (open + joins) % groupSize;
                count -= joins;
                if (count != 0) {
                    uint64 groups = (count + groupSize - 1) / groupSize;
                    next[i] += groups;
                    next[i + 1] += count - groups;
                    open = count % groupSize;
                }
                left += next[i];
            }
            counts = next;
            counts[maxDemotions] = 0;
        }
    }

    function _checkOwner(Owner calldata owner, bytes32[] calldata path, address recipient, bytes32 r, bytes32 s) private view {
        bytes32 key = keccak256(abi.encodePacked(bytes1(0x20), owner.scheme, owner.digest));
        _checkLeaf(key, keccak256(abi.encodePacked(bytes1(0x02), owner.record)), path);
        // The record has the digest of the key that replaced the one that the address was made from.
        bytes32 present = owner.record.length == 48 ? bytes32(owner.record[16:48]) : owner.digest;
        if (keccak256(abi.encodePacked("Prozchain L2 address v0", uint8(1), owner.x, owner.y)) != present) revert WrongKey();
        (bool ok, bytes memory result) = address(0x100).staticcall(abi.encode(sha256(messageOf(owner.scheme, owner.digest, recipient)), r, s, owner.x, owner.y));
        if (!ok || result.length != 32 || abi.decode(result, (uint256)) != 1) revert BadSignature();
    }

    function _checkLeaf(bytes32 key, bytes32 valueHash, bytes32[] calldata path) private view {
        if (path.length > 256) revert NotInState();
        bytes32 node = keccak256(abi.encodePacked(bytes1(0x00), key, valueHash));
        for (uint256 depth = path.length; depth > 0;) {
            depth--;
            node = uint256(key) >> (255 - depth) & 1 == 0
                ? keccak256(abi.encodePacked(bytes1(0x01), node, path[depth]))
                : keccak256(abi.encodePacked(bytes1(0x01), path[depth], node));
        }
        if (node != stateRoot) revert NotInState();
    }

    // The state's integers are little-endian.
    function _swap32(uint32 value) private pure returns (bytes4) {
        uint32 to = 0;
        for (uint256 i = 0; i < 4; i++) to = to << 8 | (value >> (8 * i) & 0xff);
        return bytes4(to);
    }

    function _swap128(uint128 value) private pure returns (bytes16) {
        uint128 to = 0;
        for (uint256 i = 0; i < 16; i++) to = to << 8 | (value >> (8 * i) & 0xff);
        return bytes16(to);
    }
}
