// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @notice What it needs of the Inbox.
interface IBatches {
    function batchHeads(uint64 number) external view returns (bytes32);
}

/// @title DataChallenge: batches whose bytes nobody shows are empty
/// @notice Of a batch that is off-chain anyone asks for a chunk and lays a bond down; who posts the chunk gets the bond. If
/// nobody does in time, the batch is withheld: derivation takes it as empty, and the bond goes back.
/// @dev A commitment is keccak256(abi.encode(length, root)), the root over chunks of 131,072 bytes, the last one shorter
/// (docs/formats/rollups-chunks.md): one whole chunk as calldata stays within a transaction at 64 gas a byte. A commitment
/// that is of another form, or of bytes that are not there, has no answer: that is withholding too.
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

    struct Challenge {
        address challenger;
        uint64 deadline;
        bool isAnswered;
        bytes32 commitment;
    }

    uint256 public constant CHUNK = 131072;
    /// @notice No window is shorter: time enough to see a batch, and to be censored for a while.
    uint64 public constant LEAST_WINDOW = 6 hours;
    uint8 private constant CERTIFIED = 2;

    IBatches public immutable inbox;
    /// @notice Seconds after a batch in which it can be challenged, and seconds to answer.
    uint64 public immutable challengeWindow;
    uint64 public immutable responseWindow;
    /// @notice What a challenge costs if it is answered: to be set to what the answer costs.
    uint128 public immutable bond;

    /// @notice True if derivation takes the batch as empty.
    mapping(uint64 batch => bool) public isWithheld;
    mapping(uint64 batch => mapping(uint64 index => Challenge)) public challenges;
    mapping(address account => uint256) public owed;

    event Challenged(uint64 indexed batch, uint64 indexed index, address indexed challenger, bytes32 commitment, uint64 deadline);
    event Answered(uint64 indexed batch, uint64 indexed index, address indexed responder);
    event Withheld(uint64 indexed batch, uint64 index);

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

    /// @notice Asks for a chunk.
    /// @param batch What the Inbox hashed of it.
    function challenge(uint64 number, Batch calldata batch, uint64 index) external payable {
        if (msg.value != bond) revert WrongBond(bond, msg.value);
        bytes32 head = keccak256(
            abi.encode(batch.before, number, batch.kind, batch.commitment, batch.forcedTaken, batch.forcedHead, batch.blockNumber, batch.timestamp)
        );
        if (head != inbox.batchHeads(number)) revert WrongBatch();
        if (batch.kind != CERTIFIED) revert NotOffChain(batch.kind);
        uint64 last = uint64(batch.timestamp) + challengeWindow;
        if (block.timestamp > last) revert TooLate(last);
        Challenge storage c = challenges[number][index];
        if (c.deadline != 0) revert AlreadyChallenged(number, index);
        uint64 deadline = uint64(block.timestamp) + responseWindow;
        (c.challenger, c.deadline, c.commitment) = (msg.sender, deadline, batch.commitment);
        emit Challenged(number, index, msg.sender, batch.commitment, deadline);
    }

    /// @notice Answers with the chunk. For an index past the end the length is answer enough: no chunk and no siblings then.
    /// @param length Bytes of the whole.
    /// @param root Root over the chunks.
    /// @param siblings From the chunk's leaf up.
    function answer(uint64 number, uint64 index, uint64 length, bytes32 root, bytes calldata chunk, bytes32[] calldata siblings) external {
        Challenge storage c = challenges[number][index];
        if (c.deadline == 0 || c.isAnswered) revert NotChallenged(number, index);
        if (block.timestamp > c.deadline) revert TooLate(c.deadline);
        if (keccak256(abi.encode(length, root)) != c.commitment) revert WrongCommitment();
        uint256 count = (uint256(length) + CHUNK - 1) / CHUNK;
        if (index < count) _verify(root, index, count, length, chunk, siblings);
        c.isAnswered = true;
        owed[msg.sender] += bond;
        emit Answered(number, index, msg.sender);
    }

    /// @notice Declares a batch withheld: of which a chunk was not shown in time. Anyone may.
    function expire(uint64 number, uint64 index) external {
        Challenge storage c = challenges[number][index];
        if (c.deadline == 0 || c.isAnswered) revert NotChallenged(number, index);
        if (block.timestamp <= c.deadline) revert TooEarly(c.deadline);
        c.isAnswered = true;
        owed[c.challenger] += bond;
        if (!isWithheld[number]) {
            isWithheld[number] = true;
            emit Withheld(number, index);
        }
    }

    /// @notice Pays bonds that are the caller's.
    function collect() external {
        uint256 amount = owed[msg.sender];
        if (amount == 0) revert Nothing();
        owed[msg.sender] = 0;
        (bool ok,) = msg.sender.call{value: amount}("");
        if (!ok) revert TransferFailed();
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
}
