// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title Inbox: what a rollup is derived from
/// @notice Orders batches, and a queue of forced items that every batch must take from: the oldest of those that are due,
/// at most ten. Nothing here is executed or judged; a batch that nobody can decode is an empty one.
/// @dev No owner, no proxy, no pause. Batches and the queue are hash chains, so that one hash names all that came before.
contract Inbox {
    /// @notice Where the bytes of a batch are. Certified: off-chain, held by a committee that signed for it; with a
    /// threshold of zero nobody signs, and a data challenge is the remedy.
    enum DataKind {
        Calldata,
        Blobs,
        Certified
    }

    /// @notice The list of a batch's own payments (docs/formats/rollups-step.md): root over the items, their number, and the batch's time
    /// in seconds since 1970. No items are the root zero.
    struct List {
        bytes32 items;
        uint64 count;
        uint64 time;
    }

    /// @notice An item must be in a batch within this many seconds, if the sequencer lives.
    uint64 public constant FORCED_DELAY = 600;
    /// @notice A batch takes at most this many items, so that its cost is bounded.
    uint64 public constant MAX_FORCED_PER_BATCH = 10;
    /// @notice The oldest item unserved for this many seconds lets anyone append batches.
    uint64 public constant OPEN_DELAY = 24 hours;
    /// @notice The fee of an item doubles with every so many that wait.
    uint256 public constant FEE_DOUBLING = 50;
    uint256 public constant BASE_FORCED_FEE = 0.001 ether;
    uint256 public constant MAX_FORCED_BYTES = 8192;
    uint256 private constant MAX_DOUBLINGS = 20;
    /// @notice With forced items and the end of the batch they are 2^16 steps, what a tree of claims holds.
    uint64 public constant MAX_ITEMS = 65525;
    /// @notice A batch's time is at most this many seconds before its block's.
    uint64 public constant MAX_AGE = 1 hours;

    /// @notice Who appends batches while nothing is overdue.
    address public immutable sequencer;
    /// @notice Signatures of the data committee that a certified batch needs.
    uint256 public immutable threshold;
    mapping(address member => bool) public isCommittee;

    /// @notice Batches appended so far; the first has number 0.
    uint64 public batchCount;
    /// @notice Items queued so far, and those that batches took.
    uint64 public forcedCount;
    uint64 public forcedTaken;
    /// @notice Time of the newest batch: none is before the one before it.
    uint64 public lastTime;
    /// @notice The head of the chain of batches after each of them: keccak256(abi.encode(head before, number, kind,
    /// commitment, items taken so far, head of the items taken, block number, timestamp)), where commitment =
    /// keccak256(abi.encode(data, items, count, time)), data naming the batch's bytes.
    mapping(uint64 number => bytes32) public batchHeads;
    /// @notice The head of the chain of items after each of them: keccak256(abi.encode(head before, item, block number,
    /// timestamp)), where item = keccak256(abi.encode(sender, keccak256(data))).
    mapping(uint64 index => bytes32) public forcedHeads;
    uint64[] private _queuedAt;
    /// @notice Fees of items that wait, and what was earned by taking some.
    uint256 public feePool;
    mapping(address poster => uint256) public earned;

    event BatchAppended(
        uint64 indexed number,
        address indexed poster,
        uint8 kind,
        bytes32 data,
        uint64 length,
        bytes32 items,
        uint64 count,
        uint64 time,
        uint64 forcedTaken,
        bytes32 forcedHead,
        bytes32 head
    );
    event ForcedQueued(uint64 indexed index, address indexed sender, bytes32 head, uint64 timestamp, bytes data);

    error NotSequencer(address caller);
    error WrongBatch(uint64 expected, uint64 got);
    error WrongForcedCount(uint64 got, uint64 waiting);
    error ForcedDue(uint64 index);
    error FeeTooLow(uint256 expected, uint256 got);
    error TooLong(uint256 most, uint256 got);
    error WrongTime(uint64 least, uint64 most, uint64 got);
    error WrongList();
    error NoBlob(uint256 index);
    error BadCertificate(uint256 index);
    error TooFewSignatures(uint256 expected, uint256 got);
    error NothingEarned();
    error TransferFailed();

    constructor(address sequencer_, address[] memory committee, uint256 threshold_) {
        if (threshold_ > committee.length) revert TooFewSignatures(threshold_, committee.length);
        sequencer = sequencer_;
        threshold = threshold_;
        for (uint256 i = 0; i < committee.length; i++) isCommittee[committee[i]] = true;
    }

    /// @notice Appends a batch whose bytes are in this call.
    /// @param number The number that the batch must get, so that a call that is sent twice appends once.
    /// @param data The batch.
    /// @param forced Items of the queue that the batch takes.
    /// @param list What it holds besides.
    function appendCalldata(uint64 number, bytes calldata data, uint64 forced, List calldata list) external {
        _append(number, DataKind.Calldata, keccak256(data), data.length, forced, list);
    }

    /// @notice Appends a batch whose bytes are in the first blobs of this transaction.
    function appendBlobs(uint64 number, uint256 count, uint64 forced, List calldata list) external {
        bytes32[] memory hashes = new bytes32[](count == 0 || count > 64 ? 0 : count);
        if (hashes.length == 0) revert NoBlob(count);
        for (uint256 i = 0; i < count; i++) {
            hashes[i] = blobhash(i);
            if (hashes[i] == 0) revert NoBlob(i);
        }
        _append(number, DataKind.Blobs, keccak256(abi.encodePacked(hashes)), count * 131072, forced, list);
    }

    /// @notice Appends a batch whose bytes the committee holds.
    /// @param data What the committee signed for, with the length in bytes.
    /// @param signatures 65 bytes each (r, s, v), in the order of their signers' addresses.
    function appendCertified(uint64 number, bytes32 data, uint64 length, bytes calldata signatures, uint64 forced, List calldata list) external {
        _check(certificateDigest(data, length), signatures);
        _append(number, DataKind.Certified, data, length, forced, list);
    }

    /// @notice What a member of the committee signs.
    function certificateDigest(bytes32 data, uint64 length) public view returns (bytes32) {
        return keccak256(abi.encode("Prozchain data certificate v0", block.chainid, address(this), data, length));
    }

    /// @notice Queues an item: a signed transaction of the rollup, or what a contract such as the bridge has to say.
    /// What is paid above the fee comes back.
    function enqueue(bytes calldata data) external payable returns (uint64 index) {
        uint256 fee = forcedFee();
        if (msg.value < fee) revert FeeTooLow(fee, msg.value);
        if (data.length > MAX_FORCED_BYTES) revert TooLong(MAX_FORCED_BYTES, data.length);
        index = forcedCount;
        bytes32 before = index == 0 ? bytes32(0) : forcedHeads[index - 1];
        bytes32 item = keccak256(abi.encode(msg.sender, keccak256(data)));
        bytes32 head = keccak256(abi.encode(before, item, block.number, block.timestamp));
        forcedHeads[index] = head;
        _queuedAt.push(uint64(block.timestamp));
        forcedCount = index + 1;
        feePool += fee;
        emit ForcedQueued(index, msg.sender, head, uint64(block.timestamp), data);
        if (msg.value > fee) _pay(msg.sender, msg.value - fee);
    }

    /// @notice Pays what the caller earned by taking items.
    function collect() external {
        uint256 amount = earned[msg.sender];
        if (amount == 0) revert NothingEarned();
        earned[msg.sender] = 0;
        _pay(msg.sender, amount);
    }

    /// @notice What an item costs now, in wei.
    function forcedFee() public view returns (uint256) {
        uint256 doublings = (forcedCount - forcedTaken) / FEE_DOUBLING;
        return BASE_FORCED_FEE << (doublings > MAX_DOUBLINGS ? MAX_DOUBLINGS : doublings);
    }

    /// @notice When an item was queued, in seconds since 1970.
    function queuedAt(uint64 index) external view returns (uint64) {
        return _queuedAt[index];
    }

    /// @notice The head of the chain of batches; zero before the first.
    function batchHead() public view returns (bytes32) {
        return batchCount == 0 ? bytes32(0) : batchHeads[batchCount - 1];
    }

    /// @notice True while anyone may append.
    function isOpen() public view returns (bool) {
        return forcedTaken < forcedCount && block.timestamp > _queuedAt[forcedTaken] + OPEN_DELAY;
    }

    function _append(uint64 number, DataKind kind, bytes32 data, uint256 length, uint64 forced, List calldata list) private {
        if (msg.sender != sequencer && !isOpen()) revert NotSequencer(msg.sender);
        uint64 next = batchCount;
        if (number != next) revert WrongBatch(next, number);
        _checkList(list);
        uint64 taken = forcedTaken;
        uint64 waiting = forcedCount - taken;
        if (forced > waiting || forced > MAX_FORCED_PER_BATCH) revert WrongForcedCount(forced, waiting);
        // Items are due in their order: if the first that the batch leaves is not, none is.
        if (forced < MAX_FORCED_PER_BATCH && forced < waiting && block.timestamp >= _queuedAt[taken + forced] + FORCED_DELAY) {
            revert ForcedDue(taken + forced);
        }
        if (forced != 0) {
            uint256 share = (feePool * forced) / waiting;
            feePool -= share;
            earned[msg.sender] += share;
            taken += forced;
        }
        bytes32 forcedHead = taken == 0 ? bytes32(0) : forcedHeads[taken - 1];
        bytes32 commitment = keccak256(abi.encode(data, list.items, list.count, list.time));
        bytes32 before = next == 0 ? bytes32(0) : batchHeads[next - 1];
        bytes32 head = keccak256(abi.encode(before, number, kind, commitment, taken, forcedHead, block.number, block.timestamp));
        batchHeads[number] = head;
        (batchCount, forcedTaken, lastTime) = (next + 1, taken, list.time);
        emit BatchAppended(
            number, msg.sender, uint8(kind), data, uint64(length), list.items, list.count, list.time, taken, forcedHead, head
        );
    }

    function _checkList(List calldata list) private view {
        uint64 most = uint64(block.timestamp);
        uint64 least = most - MAX_AGE;
        if (least < lastTime) least = lastTime;
        if (list.time < least || list.time > most) revert WrongTime(least, most, list.time);
        if (list.count > MAX_ITEMS) revert TooLong(MAX_ITEMS, list.count);
        if (list.count == 0 && list.items != 0) revert WrongList();
    }

    function _check(bytes32 digest, bytes calldata signatures) private view {
        uint256 count = signatures.length / 65;
        if (count < threshold || signatures.length % 65 != 0) revert TooFewSignatures(threshold, count);
        address last = address(0);
        for (uint256 i = 0; i < count; i++) {
            (bytes32 r, bytes32 s, uint8 v) = (0, 0, 0);
            assembly ("memory-safe") {
                let from := add(signatures.offset, mul(i, 65))
                r := calldataload(from)
                s := calldataload(add(from, 32))
                v := byte(0, calldataload(add(from, 64)))
            }
            address signer = ecrecover(digest, v, r, s);
            // In strict order, so that none counts twice; address zero, which stands for no signer, is never above another.
            if (signer <= last || !isCommittee[signer]) revert BadCertificate(i);
            last = signer;
        }
    }

    function _pay(address to, uint256 amount) private {
        (bool ok,) = to.call{value: amount}("");
        if (!ok) revert TransferFailed();
    }
}
