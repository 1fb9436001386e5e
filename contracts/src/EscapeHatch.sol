// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {StepSignature} from "./StepSignature.sol";

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

/// @notice The hash of a state whose tree is not Keccak-256.
interface IStateHasher {
    /// @notice The digest of a message that begins with the byte of its domain.
    /// @dev As IStateHash of the library: collisions cannot be found, nor a message whose digest is zero.
    function hash(bytes calldata message) external view returns (bytes32);
}

/// @notice Signatures of accounts whose keys are not of P-256.
interface IAuthorizer {
    /// @notice True for a valid signature. Key and signature begin with the byte of their scheme.
    /// @dev As ISignatureVerifier of the library. It reverts where it cannot tell, so that too little gas makes nothing false.
    function check(bytes calldata key, bytes calldata message, bytes calldata signature) external view returns (bool);
}

/// @title EscapeHatch: out of a rollup that stands still
/// @notice When no state has become final for longer than an honest rollup can be held up, anyone freezes it. From then on
/// whoever proves a balance of the last final state is paid it, once, and a deposit that this state has not got goes back
/// to who made it. Nobody can pause this.
/// @dev The tree is that of docs/formats/rollups-witness.md, keys and values those of docs/formats/rollups-payments.md: under
/// Keccak-256 and P-256 (precompile 0x100, EIP-7951), unless the rollup's profile names contracts that hash and check.
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

    /// @notice Who hashes and who checks signatures, where that is not Keccak-256 and P-256: zero for those.
    struct Profile {
        address hasher;
        address authorizer;
    }

    /// @notice An account as the state has it, and the key that signs for it now.
    /// @dev A record of 64 bytes is that of a numbered account, whose scheme is 4 and whose digest is its number, 4 bytes, and
    /// zeros: the key of the record. A state by address has nothing under such a key, as its keys are hashes.
    struct Owner {
        uint8 scheme;
        bytes32 digest;
        bytes record;
        bytes key;
    }

    IFinality public immutable finality;
    IEscrow public immutable bridge;
    IQueue public immutable inbox;
    /// @notice The hash of the state's tree; zero for Keccak-256.
    IStateHasher public immutable hasher;
    /// @notice What checks signatures; zero for P-256.
    IAuthorizer public immutable authorizer;
    /// @notice T_exit: seconds without a new final state after which anyone may freeze.
    uint64 public immutable delay;

    bool public isFrozen;
    /// @notice Batches that are final for ever: the last final one at the freeze, and one; and the root after it, zero until it is known.
    uint64 public finalCount;
    bytes32 public stateRoot;
    /// @notice Forced items that these batches took, once it was shown.
    uint64 public forcedTaken;
    bool public isForcedKnown;
    /// @notice By the key of the balance, or of the record that has it.
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
    error NoRoot(uint64 finalCount);
    error WrongBatch();
    error WrongDeposit();
    error NotInState();
    error WrongKey();
    error BadSignature();
    error AlreadyLeft();

    constructor(address finality_, address bridge_, address inbox_, uint64 delay_, Clocks memory clocks, Profile memory profile) {
        finality = IFinality(finality_);
        bridge = IEscrow(bridge_);
        inbox = IQueue(inbox_);
        hasher = IStateHasher(profile.hasher);
        authorizer = IAuthorizer(profile.authorizer);
        delay = delay_;
        uint64 least = leastDelay(clocks);
        if (delay_ < least) revert TooShort(least, delay_);
    }

    /// @notice For the bridge: nothing from batch `count` on ever was.
    function frozen() external view returns (bool, uint64 count) {
        return (isFrozen, finalCount);
    }

    /// @notice Freezes the rollup at its last final state. Anyone may, once that is older than the delay. Where its root is not
    /// known yet, who leaves first asks for it again: anyone may publish it meanwhile.
    function freeze() external {
        if (isFrozen) revert AlreadyFrozen();
        (uint64 batch, uint64 since, bool any) = finality.lastFinal();
        if (block.timestamp <= since + delay) revert NotYet(since + delay);
        isFrozen = true;
        if (any) {
            finalCount = batch + 1;
            stateRoot = finality.stateRoot(batch);
        } else {
            isForcedKnown = true;
        }
        emit FrozenAt(finalCount, stateRoot);
    }

    /// @notice Pays a balance to whom its owner named.
    /// @param accountPath Siblings of the account's leaf from the root down, as many as it is deep.
    /// @param balancePath The same for the balance.
    /// @param signature The owner's over `messageOf`. It begins with the byte of its scheme, as the key does.
    function escape(
        Owner calldata owner,
        bytes32[] calldata accountPath,
        uint32 token,
        uint128 amount,
        bytes32[] calldata balancePath,
        address recipient,
        bytes calldata signature
    ) external {
        if (!isFrozen) revert NotFrozen();
        bytes32 root = _root();
        bool isNumbered = owner.record.length == 64;
        bytes32 key = isNumbered ? _numbered(owner) : _hash(abi.encodePacked(bytes1(0x20), owner.scheme, owner.digest));
        _checkLeaf(root, key, abi.encodePacked(bytes1(0x02), owner.record), accountPath);
        _checkOwner(owner, recipient, signature);
        if (isNumbered && token == 0) {
            // The record itself has this balance.
            if (balancePath.length != 0 || bytes16(owner.record[48:64]) != _swap128(amount)) revert NotInState();
        } else {
            key = _hash(abi.encodePacked(bytes1(0x21), owner.scheme, owner.digest, _swap32(token)));
            _checkLeaf(root, key, abi.encodePacked(bytes1(0x02), _swap128(amount)), balancePath);
        }
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

    // A state of nothing has root zero, and so has one that nobody published: out of neither can anyone leave.
    function _root() private returns (bytes32 root) {
        root = stateRoot;
        if (root != 0) return root;
        if (finalCount != 0) root = finality.stateRoot(finalCount - 1);
        if (root == 0) revert NoRoot(finalCount);
        stateRoot = root;
    }

    function _checkOwner(Owner calldata owner, address recipient, bytes calldata signature) private view {
        // The record has the digest of the key that replaced the one that the address was made from; a numbered one has the key.
        bytes32 present = owner.record.length == 48 ? bytes32(owner.record[16:48]) : owner.record.length == 64 ? bytes32(owner.record[4:36]) : owner.digest;
        bytes memory key = owner.key;
        if (!StepSignature.isKey(key) || StepSignature.digestOf(key) != present) revert WrongKey();
        if (owner.record.length == 64 && uint8(key[0]) != 3) revert WrongKey();
        bytes memory message = messageOf(owner.scheme, owner.digest, recipient);
        bool ok = address(authorizer) == address(0)
            ? StepSignature.verify(address(0), key, message, signature)
            : authorizer.check(key, message, signature);
        if (!ok) revert BadSignature();
    }

    // The record names the number, which its digest under a tree for circuits says and the leaf's does not.
    function _numbered(Owner calldata owner) private pure returns (bytes32) {
        if (owner.scheme != 4 || owner.digest != bytes32(_swap32(uint32(bytes4(owner.record[0:4]))))) revert NotInState();
        return owner.digest;
    }

    // The value comes with the byte of its domain.
    function _checkLeaf(bytes32 root, bytes32 key, bytes memory value, bytes32[] calldata path) private view {
        if (path.length > 256) revert NotInState();
        bytes32 node = _pair(0x00, key, _hash(value));
        for (uint256 depth = path.length; depth > 0;) {
            depth--;
            node = uint256(key) >> (255 - depth) & 1 == 0 ? _pair(0x01, node, path[depth]) : _pair(0x01, path[depth], node);
        }
        if (node != root) revert NotInState();
    }

    function _hash(bytes memory message) private view returns (bytes32) {
        return address(hasher) == address(0) ? keccak256(message) : hasher.hash(message);
    }

    function _pair(uint256 domain, bytes32 left, bytes32 right) private view returns (bytes32 node) {
        if (address(hasher) != address(0)) return hasher.hash(abi.encodePacked(bytes1(uint8(domain)), left, right));
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore8(free, domain)
            mstore(add(free, 1), left)
            mstore(add(free, 33), right)
            node := keccak256(free, 65)
        }
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
