// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @notice What it needs of the Inbox.
interface IBatches {
    function batchHeads(uint64 number) external view returns (bytes32);
    function batchCount() external view returns (uint64);
}

/// @title DataChallenge: batches whose bytes nobody shows are empty
/// @notice Of a batch that is off-chain anyone asks for a chunk, and of every batch for a piece of its list of items, and lays a
/// bond down; who posts it gets the bond. If nobody does in time, the batch is withheld, and with it all that were appended
/// upon it until then, which nobody can read without it: derivation takes them as empty, and the bond goes back.
/// @dev Off-chain data is named by keccak256(abi.encode(length, root)), the root over chunks of 131,072 bytes, the last one
/// shorter (docs/formats/rollups-chunks.md): one whole chunk as calldata stays within a transaction at 64 gas a byte. What is
/// of another form, or of bytes that are not there, has no answer: that is withholding too.
contract DataChallenge {
    struct Batch {
        bytes32 before;
        uint8 kind;
        bytes32 commitment;
        uint64 forcedTaken;
        bytes32 forcedHead;
        uint256 blockNumber;
        uint256 timestamp;
    }

    /// @notice What the Inbox hashes into a batch's commitment besides what names its data.
    struct List {
        bytes32 items;
        uint64 count;
        uint64 time;
    }

    struct Challenge {
        address challenger;
        uint64 deadline;
        bool isAnswered;
        bytes32 commitment;
    }

    uint256 public constant CHUNK = 131072;
    /// @notice Items of a piece, 2^4, and the length of an item at most: a whole piece stays within a transaction, and so does a
    /// dispute about one item.
    uint256 public constant PIECE = 16;
    uint256 public constant MAX_ITEM_BYTES = 8192;
    /// @notice Challenges have one numbering: pieces of the list from here on, chunks below.
    uint64 public constant LIST = 1 << 63;
    /// @notice No window is shorter: time enough to see a batch, and to be censored for a while. As long after the end of its time
    /// to answer a batch can be declared withheld.
    uint64 public constant LEAST_WINDOW = 6 hours;
    uint256 private constant PIECE_HEIGHT = 4;
    uint8 private constant CERTIFIED = 2;

    IBatches public immutable inbox;
    /// @notice Seconds after a batch in which it can be challenged, and seconds to answer.
    uint64 public immutable challengeWindow;
    uint64 public immutable responseWindow;
    /// @notice What a challenge costs if it is answered: to be set to what the answer costs.
    uint128 public immutable bond;

    // Batches from first to before end are withheld. A range that begins later never ends earlier.
    struct Range {
        uint64 first;
        uint64 end;
    }

    Range[] private _withheld;
    mapping(uint64 batch => mapping(uint64 index => Challenge)) public challenges;
    mapping(address account => uint256) public owed;

    event Challenged(uint64 indexed batch, uint64 indexed index, address indexed challenger, bytes32 commitment, uint64 deadline);
    event Answered(uint64 indexed batch, uint64 indexed index, address indexed responder);
    event Withheld(uint64 indexed batch, uint64 index, uint64 end);
    event ItemsShown(uint64 indexed batch, uint64 indexed piece, bytes[] items);

    error WindowTooShort(uint64 least, uint64 got);
    error WrongBatch();
    error NotOffChain(uint8 kind);
    error TooLate(uint64 deadline);
    error TooEarly(uint64 deadline);
    error WrongBond(uint256 expected, uint256 got);
    error AlreadyChallenged(uint64 batch, uint64 index);
    error NotChallenged(uint64 batch, uint64 index);
    error WrongCommitment();
    error WrongChunk();
    error WrongItems();
    error Nothing();
    error TransferFailed();

    constructor(address inbox_, uint64 challengeWindow_, uint64 responseWindow_, uint128 bond_) {
        if (challengeWindow_ < LEAST_WINDOW) revert WindowTooShort(LEAST_WINDOW, challengeWindow_);
        if (responseWindow_ < LEAST_WINDOW) revert WindowTooShort(LEAST_WINDOW, responseWindow_);
        inbox = IBatches(inbox_);
        challengeWindow = challengeWindow_;
        responseWindow = responseWindow_;
        bond = bond_;
    }

    /// @notice Asks for a chunk of a batch that is off-chain.
    /// @param batch What the Inbox hashed of it.
    function challenge(uint64 number, Batch calldata batch, uint64 index) external payable {
        if (index >= LIST) revert WrongChunk();
        if (batch.kind != CERTIFIED) revert NotOffChain(batch.kind);
        _open(number, batch, index);
    }

    /// @notice Asks for a piece of a batch's list: the items from 16 times its number on.
    function challengeList(uint64 number, Batch calldata batch, uint64 piece) external payable {
        if (piece >= LIST) revert WrongItems();
        _open(number, batch, LIST + piece);
    }

    /// @notice Answers with the chunk. For an index past the end the length is answer enough: no chunk and no siblings then.
    /// @param length Bytes of the whole.
    /// @param root Root over the chunks.
    /// @param list What the batch's commitment names besides.
    /// @param siblings From the chunk's leaf up.
    function answer(uint64 number, uint64 index, uint64 length, bytes32 root, List calldata list, bytes calldata chunk, bytes32[] calldata siblings)
        external
    {
        if (index >= LIST) revert WrongChunk();
        _close(number, index, keccak256(abi.encode(length, root)), list);
        uint256 count = (uint256(length) + CHUNK - 1) / CHUNK;
        if (index < count) _verify(root, index, count, length, chunk, siblings);
    }

    /// @notice Answers with the items of a piece, which all can read from then on. For a piece past the end the list is answer
    /// enough: no items and no siblings then.
    /// @param data What names the batch's bytes.
    /// @param list The list that the piece is of.
    /// @param siblings From the piece's subtree up; none of a tree of one piece.
    function answerList(uint64 number, uint64 piece, bytes32 data, List calldata list, bytes[] calldata items, bytes32[] calldata siblings) external {
        if (piece >= LIST) revert WrongItems();
        _close(number, LIST + piece, data, list);
        if (uint256(piece) * PIECE >= list.count) return;
        _verifyItems(piece, list, items, siblings);
        emit ItemsShown(number, piece, items);
    }

    /// @notice True if derivation takes the batch as empty.
    function isWithheld(uint64 batch) public view returns (bool) {
        uint256 low = 0;
        uint256 high = _withheld.length;
        while (low < high) {
            uint256 middle = (low + high) / 2;
            if (_withheld[middle].first <= batch) low = middle + 1;
            else high = middle;
        }
        return low != 0 && batch < _withheld[low - 1].end;
    }

    /// @notice Declares a batch withheld, of which a chunk, or a piece of the list, was not shown in time, and all that were
    /// appended upon it so far. Anyone may; later than LEAST_WINDOW after the time to answer the bond goes back, and nothing else
    /// happens: by then a state upon the batch may be final.
    /// @param index Of the chunk; of a piece, LIST and its number.
    function expire(uint64 number, uint64 index) external {
        Challenge storage c = challenges[number][index];
        if (c.deadline == 0 || c.isAnswered) revert NotChallenged(number, index);
        if (block.timestamp <= c.deadline) revert TooEarly(c.deadline);
        c.isAnswered = true;
        owed[c.challenger] += bond;
        if (block.timestamp > c.deadline + LEAST_WINDOW || isWithheld(number)) return;
        uint64 end = inbox.batchCount();
        while (_withheld.length != 0 && _withheld[_withheld.length - 1].first > number) _withheld.pop();
        _withheld.push(Range(number, end));
        emit Withheld(number, index, end);
    }

    /// @notice Pays bonds that are the caller's.
    function collect() external {
        uint256 amount = owed[msg.sender];
        if (amount == 0) revert Nothing();
        owed[msg.sender] = 0;
        (bool ok,) = msg.sender.call{value: amount}("");
        if (!ok) revert TransferFailed();
    }

    function _open(uint64 number, Batch calldata batch, uint64 index) private {
        if (msg.value != bond) revert WrongBond(bond, msg.value);
        bytes32 head = keccak256(
            abi.encode(batch.before, number, batch.kind, batch.commitment, batch.forcedTaken, batch.forcedHead, batch.blockNumber, batch.timestamp)
        );
        if (head != inbox.batchHeads(number)) revert WrongBatch();
        uint64 last = uint64(batch.timestamp) + challengeWindow;
        if (block.timestamp > last) revert TooLate(last);
        Challenge storage c = challenges[number][index];
        if (c.deadline != 0) revert AlreadyChallenged(number, index);
        uint64 deadline = uint64(block.timestamp) + responseWindow;
        (c.challenger, c.deadline, c.commitment) = (msg.sender, deadline, batch.commitment);
        emit Challenged(number, index, msg.sender, batch.commitment, deadline);
    }

    function _close(uint64 number, uint64 index, bytes32 data, List calldata list) private {
        Challenge storage c = challenges[number][index];
        if (c.deadline == 0 || c.isAnswered) revert NotChallenged(number, index);
        if (block.timestamp > c.deadline) revert TooLate(c.deadline);
        if (keccak256(abi.encode(data, list.items, list.count, list.time)) != c.commitment) revert WrongCommitment();
        c.isAnswered = true;
        owed[msg.sender] += bond;
        emit Answered(number, index, msg.sender);
    }

    function _verify(bytes32 root, uint64 index, uint256 count, uint64 length, bytes calldata chunk, bytes32[] calldata siblings) private pure {
        uint256 expected = index + 1 == count ? length - index * CHUNK : CHUNK;
        uint256 height = 0;
        while (1 << height < count) height++;
        if (chunk.length != expected || siblings.length != height) revert WrongChunk();
        bytes32 node = keccak256(abi.encodePacked(bytes1(0x13), chunk));
        for (uint256 i = 0; i < height; i++) {
            node = index >> i & 1 == 0
                ? keccak256(abi.encodePacked(bytes1(0x14), node, siblings[i]))
                : keccak256(abi.encodePacked(bytes1(0x14), siblings[i], node));
        }
        if (node != root) revert WrongChunk();
    }

    // The items' subtree, the last one of the list repeated to its end, and from there up.
    function _verifyItems(uint64 piece, List calldata list, bytes[] calldata items, bytes32[] calldata siblings) private pure {
        uint256 left = list.count - piece * PIECE;
        if (items.length != (left < PIECE ? left : PIECE)) revert WrongItems();
        uint256 height = 1;
        while (list.count > (uint256(1) << height)) height++;
        uint256 low = height < PIECE_HEIGHT ? height : PIECE_HEIGHT;
        if (siblings.length != height - low) revert WrongItems();
        bytes32[] memory nodes = new bytes32[](1 << low);
        for (uint256 i = 0; i < nodes.length; i++) {
            if (i >= items.length) {
                nodes[i] = nodes[i - 1];
                continue;
            }
            if (items[i].length > MAX_ITEM_BYTES) revert WrongItems();
            nodes[i] = keccak256(abi.encodePacked(uint8(0), items[i]));
        }
        for (uint256 width = nodes.length >> 1; width > 0; width >>= 1) {
            for (uint256 i = 0; i < width; i++) nodes[i] = keccak256(abi.encode(nodes[2 * i], nodes[2 * i + 1]));
        }
        bytes32 node = nodes[0];
        for (uint256 i = 0; i < siblings.length; i++) {
            node = (piece >> i) & 1 == 0 ? keccak256(abi.encode(node, siblings[i])) : keccak256(abi.encode(siblings[i], node));
        }
        if (node != list.items) revert WrongItems();
    }
}
