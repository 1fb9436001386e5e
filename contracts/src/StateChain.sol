// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @notice What the state chain needs of the Inbox.
interface IBatches {
    function batchHeads(uint64 number) external view returns (bytes32);
}

/// @notice What it needs of the contract that finds the true one among claims.
interface IDisputes {
    function open(uint64 batch, bytes32 parent, bytes32 startLeaf, bytes32 batchHead, uint64 openedAt, bytes32[3] calldata first, address proposer, bytes32[3] calldata rival, address challenger)
        external
        payable
        returns (uint64 id);
}

/// @notice What it needs of the contract that checks proofs.
interface IProofs {
    function provenAt(bytes32 startLeaf, bytes32 finalLeaf, bytes32 batchHead) external view returns (uint64);
    function halted() external view returns (bool);
    function trustedFrom() external view returns (uint64);
}

/// @notice What it needs of the vault.
interface ICredit {
    function credit(address account) external payable;
}

/// @title StateChain: which states of the rollup are final
/// @notice A claim says what the state is after a batch of the Inbox: the root of a tree over the leaves after each
/// transaction, where a leaf is keccak256(abi.encode(state root, exit root)). It is final once nobody has contested it in
/// time, once it has won, or a while after it was proven; never before its parent. Two claims about one batch play in the tournament.
/// @dev One word is kept of a claim, the hash of what is in the event; later calls give it again. No owner, no proxy.
contract StateChain {
    struct Claim {
        bytes32 parent;
        bytes32 left;
        bytes32 right;
        bytes32 finalLeaf;
        address proposer;
        uint64 proposedAt;
    }

    /// @notice Consecutive segments of a claim, and the leaves around them. Before the first segment of all stands the parent's
    /// final leaf, after the last one the claim's: those need no opening, and what is given instead of them counts for nothing.
    struct Stretch {
        uint64 first;
        uint64 count;
        bytes32 preLeaf;
        bytes32[] preOpening;
        bytes32 postLeaf;
        bytes32[] postOpening;
    }

    /// @notice What a leaf within a batch of payments is the hash of (docs/formats/rollups-step.md).
    struct Machine {
        bytes32 stateRoot;
        bytes32 exitRoot;
        uint64 exits;
        uint64 gas;
        uint64 units;
        bytes32 forcedRoot;
        bytes32 forcedExits;
    }

    // What is proven of a claim: its segments, the time of the newest proof, when it was claimed, and from which exit on, plus one, all are.
    struct Cover {
        uint256 segments;
        uint64 newest;
        uint64 claimedAt;
        uint64 exitsFrom;
    }

    struct Proof {
        uint64 provenAt;
        uint64 claimedAt;
    }

    enum Status {
        None,
        Proposed,
        Challenged,
        Proven,
        Final,
        Refunded
    }

    /// @notice No challenge period is shorter, and no wait after a proof.
    uint64 public constant LEAST_PERIOD = 1 days;
    uint64 public constant LEAST_PROOF_DELAY = 60;
    /// @notice Exits that one call covers at most.
    uint64 public constant MAX_EXITS = 65536;
    uint64 private constant DECIDED = type(uint64).max;
    address private constant BURNED = address(0xdEaD);

    IBatches public immutable inbox;
    IDisputes public immutable tournament;
    ICredit public immutable vault;
    /// @notice Zero where nothing is proven.
    IProofs public immutable proofs;
    /// @notice Who claims first; anyone does where it is silent.
    address public immutable proposer;
    /// @notice Seconds in which a claim can be contested; from a proof to finality; and of silence until anyone claims.
    uint64 public immutable period;
    uint64 public immutable proofDelay;
    uint64 public immutable openDelay;
    uint128 public immutable bond;
    /// @notice Height of the trees of claims: a batch has at most 2^height transactions.
    uint8 public immutable height;
    /// @notice Leaves of a segment, the least that is proven by itself, and segments of a claim; zero where batches are proven as wholes alone.
    uint64 public immutable segmentSteps;
    uint64 public immutable segments;
    bytes32 public immutable genesisLeaf;
    uint64 public immutable createdAt;

    /// @notice The hash of the claim about a batch.
    mapping(uint64 batch => bytes32) public claims;
    /// @notice Number of the dispute about a batch, and one; all bits once it is decided.
    mapping(uint64 batch => uint64) public disputes;
    mapping(uint64 batch => Proof) private _proven;
    /// @notice Batches that are final, when the last of them became so, and how many bonds went back.
    uint64 public finalCount;
    uint64 public finalAt;
    uint64 public refundedCount;
    mapping(uint64 batch => bytes32) private _stateRoots;
    mapping(uint64 batch => bytes32) private _exitRoots;
    // By claim and the time from which on proofs count: what was proven before a system was mended is not found any more.
    mapping(bytes32 key => Cover) private _covers;
    mapping(bytes32 key => mapping(uint256 word => uint256)) private _exits;

    event Claimed(
        uint64 indexed batch, address indexed proposer, bytes32 parent, bytes32 left, bytes32 right, bytes32 stateRoot, bytes32 exitRoot, uint64 proposedAt
    );
    event Contested(uint64 indexed batch, uint64 indexed dispute, address indexed challenger, bytes32 stateRoot, bytes32 exitRoot);
    event Settled(uint64 indexed batch, uint64 indexed dispute, bytes32 claim, bytes32 parent, bytes32 left, bytes32 right, bytes32 finalLeaf, address proposer, uint64 proposedAt);
    event Discarded(uint64 indexed batch, bytes32 claim);
    event Proven(uint64 indexed batch, uint64 provenAt);
    event SegmentsProven(uint64 indexed batch, bytes32 indexed claim, uint64 first, uint64 count, uint64 provenAt);
    event ExitsCovered(uint64 indexed batch, bytes32 indexed claim, uint64 from, uint64 to);
    event Refuted(uint64 indexed batch, bytes32 claim, bytes32 provenLeaf, address by);
    event Finalized(uint64 indexed batch, bytes32 stateRoot, bytes32 exitRoot);
    event Published(uint64 indexed batch, bytes32 stateRoot, bytes32 exitRoot);
    event BondsReturned(uint64 from, uint64 to);

    error TooShort(uint64 least, uint64 got);
    error WrongHeight(uint8 got);
    error WrongSegments(uint64 first, uint64 count);
    error NotProposer(address caller);
    error NotTournament(address caller);
    error NotYet(uint64 from);
    error NoBatch(uint64 batch);
    error WrongHead(bytes32 expected, bytes32 got);
    error NoParent(uint64 batch);
    error ClaimExists(uint64 batch);
    error UnknownClaim(uint64 batch);
    error WrongBond(uint256 expected, uint256 got);
    error WrongOpening();
    error AlreadyContested(uint64 batch);
    error AlreadyProven(uint64 batch);
    error NotProven(uint64 batch);
    error TooLate(uint64 deadline);
    error NotVoid(uint64 batch);
    error NotFinal(uint64 batch);
    error InDispute(uint64 batch);
    error WrongRoots();
    error Halted();
    error TooMany(uint64 most, uint64 got);
    error NothingToDo();
    error TransferFailed();

    constructor(
        address inbox_,
        address tournament_,
        address vault_,
        address proofs_,
        address proposer_,
        uint64 period_,
        uint64 proofDelay_,
        uint64 openDelay_,
        uint128 bond_,
        uint8 height_,
        bytes32 genesisRoot,
        uint64 segmentSteps_
    ) {
        if (period_ < LEAST_PERIOD) revert TooShort(LEAST_PERIOD, period_);
        if (proofDelay_ < LEAST_PROOF_DELAY) revert TooShort(LEAST_PROOF_DELAY, proofDelay_);
        if (height_ == 0 || height_ > 32) revert WrongHeight(height_);
        // The proven segments of a claim are one word of bits.
        uint64 segments_ = segmentSteps_ == 0 ? 0 : (uint64(1) << height_) / segmentSteps_;
        if (segmentSteps_ != 0 && (segmentSteps_ & (segmentSteps_ - 1) != 0 || segments_ == 0 || segments_ > 256 || proofs_ == address(0))) revert WrongSegments(segmentSteps_, segments_);
        inbox = IBatches(inbox_);
        tournament = IDisputes(tournament_);
        vault = ICredit(vault_);
        proofs = IProofs(proofs_);
        proposer = proposer_;
        period = period_;
        proofDelay = proofDelay_;
        openDelay = openDelay_;
        bond = bond_;
        height = height_;
        segmentSteps = segmentSteps_;
        segments = segments_;
        genesisLeaf = leafOf(genesisRoot, 0);
        createdAt = uint64(block.timestamp);
        finalAt = uint64(block.timestamp);
    }

    /// @notice Claims what the state is after a batch. The proposer's; the value is the bond.
    /// @param head The head of the chain of batches after it, which the claim answers to.
    /// @param left Left child of the root of the tree of leaves, and right one.
    /// @param opening Siblings of the last leaf, from the leaf up: as many as the height.
    function propose(uint64 batch, bytes32 head, bytes32 left, bytes32 right, bytes32 stateRoot_, bytes32 exitRoot_, bytes32[] calldata opening) external payable {
        if (msg.sender != proposer) revert NotProposer(msg.sender);
        _propose(batch, head, left, right, stateRoot_, exitRoot_, opening);
    }

    /// @notice The same by anyone, where the proposer is silent.
    /// @param parent The claim about the batch before; ignored for the first.
    function proposeLate(
        uint64 batch,
        bytes32 head,
        bytes32 left,
        bytes32 right,
        bytes32 stateRoot_,
        bytes32 exitRoot_,
        bytes32[] calldata opening,
        Claim calldata parent
    ) external payable {
        uint64 from = openDelay + (batch == 0 ? createdAt : parent.proposedAt);
        if (batch != 0 && claims[batch - 1] != claimId(batch - 1, parent)) revert UnknownClaim(batch - 1);
        if (block.timestamp < from) revert NotYet(from);
        _propose(batch, head, left, right, stateRoot_, exitRoot_, opening);
    }

    /// @notice Says that a claim is false by making another one; both play in the tournament from now on. The value is the bond.
    function contest(
        uint64 batch,
        Claim calldata claim,
        Claim calldata parent,
        bytes32 left,
        bytes32 right,
        bytes32 stateRoot_,
        bytes32 exitRoot_,
        bytes32[] calldata opening
    ) external payable {
        _know(batch, claim);
        if (batch < finalCount) revert TooLate(finalAt);
        if (disputes[batch] != 0) revert AlreadyContested(batch);
        if (_counts(batch)) revert AlreadyProven(batch);
        uint64 until = claim.proposedAt + period;
        if (block.timestamp >= until) revert TooLate(until);
        if (msg.value != bond) revert WrongBond(bond, msg.value);
        bytes32 startLeaf = _startLeaf(batch, claim.parent, parent);
        bytes32 finalLeaf = leafOf(stateRoot_, exitRoot_);
        _check(left, right, finalLeaf, opening);
        uint64 id = tournament.open{value: 2 * uint256(bond)}(
            batch,
            claim.parent,
            startLeaf,
            inbox.batchHeads(batch),
            claim.proposedAt,
            [claim.left, claim.right, claim.finalLeaf],
            claim.proposer,
            [left, right, finalLeaf],
            msg.sender
        );
        disputes[batch] = id + 1;
        emit Contested(batch, id, msg.sender, stateRoot_, exitRoot_);
    }

    /// @notice The tournament says which claim won. Of a dispute that was dropped it says so in vain.
    function settle(uint64 batch, uint64 dispute, bool any, Claim calldata winner) external {
        if (msg.sender != address(tournament)) revert NotTournament(msg.sender);
        if (batch < finalCount || disputes[batch] != dispute + 1) return;
        bytes32 id = any ? claimId(batch, winner) : bytes32(0);
        if (id != claims[batch]) {
            claims[batch] = id;
            delete _proven[batch];
        }
        disputes[batch] = any ? DECIDED : 0;
        emit Settled(batch, dispute, id, winner.parent, winner.left, winner.right, winner.finalLeaf, winner.proposer, winner.proposedAt);
    }

    /// @notice Drops a claim that builds upon one that lost. Its bond is burned: who made it could have known.
    function discard(uint64 batch, Claim calldata claim) external {
        _know(batch, claim);
        if (batch < finalCount || batch == 0 || claims[batch - 1] == claim.parent) revert NotVoid(batch);
        bool holdsBond = disputes[batch] == 0;
        claims[batch] = 0;
        disputes[batch] = 0;
        delete _proven[batch];
        emit Discarded(batch, claimId(batch, claim));
        if (!holdsBond) return;
        (bool ok,) = BURNED.call{value: bond}("");
        if (!ok) revert TransferFailed();
    }

    /// @notice Notes that the claim about a batch is proven, as the registry of proofs knows. Of a final one too: some of what left the rollup in it may wait for that.
    function prove(uint64 batch, Claim calldata claim, Claim calldata parent) external {
        _know(batch, claim);
        if (_counts(batch)) revert AlreadyProven(batch);
        if (address(proofs) == address(0)) revert NotProven(batch);
        uint64 when = proofs.provenAt(_startLeaf(batch, claim.parent, parent), claim.finalLeaf, inbox.batchHeads(batch));
        if (when == 0) revert NotProven(batch);
        _proven[batch] = Proof(when, claim.proposedAt);
        emit Proven(batch, when);
    }

    /// @notice Notes that consecutive segments of a claim are proven. With all of them the batch is, since the newest of these proofs.
    /// @param parent The claim about the batch before, for the first segment; ignored without it.
    function proveSegments(uint64 batch, Claim calldata claim, Claim calldata parent, Stretch calldata stretch) external {
        _know(batch, claim);
        (bytes32 preLeaf, bytes32 postLeaf) = _open(batch, claim, parent, stretch);
        uint64 trusted = proofs.trustedFrom();
        uint64 when = proofs.provenAt(preLeaf, postLeaf, _segmentHead(batch, stretch));
        if (when <= trusted) revert NotProven(batch);
        bytes32 id = claims[batch];
        Cover storage cover = _covers[_key(id, trusted)];
        uint256 bits = _bits(stretch.first, stretch.count);
        uint256 known = cover.segments;
        if (known & bits == bits) revert AlreadyProven(batch);
        known |= bits;
        cover.segments = known;
        cover.claimedAt = claim.proposedAt;
        uint64 newest = cover.newest;
        if (when > newest) cover.newest = newest = when;
        emit SegmentsProven(batch, id, stretch.first, stretch.count, when);
        if (known != _bits(0, segments) || _counts(batch)) return;
        _proven[batch] = Proof(newest, claim.proposedAt);
        emit Proven(batch, newest);
    }

    /// @notice Notes that what left the rollup in proven segments of a batch of payments is proven.
    /// @param before What the leaf before the segments is the hash of; ignored for the first segment, before which nothing left.
    /// @param later The same of the leaf after them; ignored for the last segment, which holds all that is left.
    function coverExits(
        uint64 batch,
        Claim calldata claim,
        uint64 first,
        uint64 count,
        Machine calldata before,
        bytes32[] calldata preOpening,
        Machine calldata later,
        bytes32[] calldata postOpening
    ) external {
        _know(batch, claim);
        if (count == 0 || first + count > segments) revert WrongSegments(first, count);
        bytes32 id = claims[batch];
        bytes32 key = _key(id, proofs.trustedFrom());
        Cover storage cover = _covers[key];
        uint256 bits = _bits(first, count);
        if (cover.segments & bits != bits) revert NotProven(batch);
        uint64 from = 0;
        uint64 to = type(uint64).max;
        if (first != 0) {
            _within(claim, first * segmentSteps - 1, keccak256(abi.encode(before)), preOpening);
            from = before.exits;
        }
        if (first + count == segments) {
            uint64 known = cover.exitsFrom;
            if (known == 0 || from + 1 < known) cover.exitsFrom = from + 1;
        } else {
            _within(claim, (first + count) * segmentSteps - 1, keccak256(abi.encode(later)), postOpening);
            to = later.exits;
            if (to <= from) revert NothingToDo();
            if (to - from > MAX_EXITS) revert TooMany(MAX_EXITS, to - from);
            for (uint256 word = from >> 8; word << 8 < to; word++) {
                bits = type(uint256).max;
                if (word == from >> 8) bits <<= from & 255;
                if (word == (to - 1) >> 8) bits &= type(uint256).max >> (255 - ((to - 1) & 255));
                _exits[key][word] |= bits;
            }
        }
        emit ExitsCovered(batch, id, from, to);
    }

    /// @notice Ends a claim of which the registry knows that the batch leads elsewhere: one round, and no dispute. Half of its
    /// bond is the caller's, the rest is burned, so that nobody refutes oneself for nothing. Bonds in a dispute stay there.
    function refute(uint64 batch, Claim calldata claim, Claim calldata parent, bytes32 provenLeaf) external {
        _know(batch, claim);
        if (batch < finalCount) revert TooLate(finalAt);
        if (address(proofs) == address(0) || provenLeaf == claim.finalLeaf) revert NotProven(batch);
        if (proofs.provenAt(_startLeaf(batch, claim.parent, parent), provenLeaf, inbox.batchHeads(batch)) == 0) revert NotProven(batch);
        _fall(batch, claim, provenLeaf);
    }

    /// @notice The same by segments: from the claim's own leaf before them they lead to another than the claim's leaf after them.
    /// Whatever is true, such a claim contradicts itself.
    function refuteSegments(uint64 batch, Claim calldata claim, Claim calldata parent, Stretch calldata stretch, bytes32 provenLeaf) external {
        _know(batch, claim);
        if (batch < finalCount) revert TooLate(finalAt);
        (bytes32 preLeaf, bytes32 postLeaf) = _open(batch, claim, parent, stretch);
        if (provenLeaf == postLeaf || proofs.provenAt(preLeaf, provenLeaf, _segmentHead(batch, stretch)) == 0) revert NotProven(batch);
        _fall(batch, claim, provenLeaf);
    }

    /// @notice Makes the next batches final. Only the roots of the last are kept; publish() adds those of others.
    /// @param list The claims about them, in order, from the first that is not final.
    /// @param refunding Whether their bonds go back with the same call; not if those of earlier batches have not.
    function finalize(Claim[] calldata list, bytes32 stateRoot_, bytes32 exitRoot_, bool refunding) external {
        uint64 first = finalCount;
        uint64 batch = first;
        if (list.length == 0) revert NothingToDo();
        bool proving = address(proofs) != address(0);
        if (proving && proofs.halted()) revert Halted();
        refunding = refunding && refundedCount == first;
        finalCount = first + uint64(list.length);
        finalAt = uint64(block.timestamp);
        if (refunding) refundedCount = first + uint64(list.length);
        bytes32 below = first == 0 ? bytes32(0) : claims[first - 1];
        address account = list[0].proposer;
        uint256 owed = 0;
        for (uint256 i = 0; i < list.length; i++) {
            Claim calldata claim = list[i];
            bytes32 id = claimId(batch, claim);
            if (claims[batch] != id) revert UnknownClaim(batch);
            if (below != claim.parent) revert UnknownClaim(batch - 1);
            below = id;
            uint64 dispute = disputes[batch];
            if (!(proving && _isProven(batch))) {
                if (dispute != 0 && dispute != DECIDED) revert InDispute(batch);
                if (block.timestamp < claim.proposedAt + period) revert NotYet(claim.proposedAt + period);
            }
            if (claim.proposer != account) {
                _credit(account, owed);
                account = claim.proposer;
                owed = 0;
            }
            if (refunding && dispute == 0) owed += bond;
            batch++;
        }
        _keep(batch - 1, list[list.length - 1], stateRoot_, exitRoot_);
        emit Finalized(batch - 1, stateRoot_, exitRoot_);
        _credit(account, owed);
        if (refunding) emit BondsReturned(first, batch);
    }

    /// @notice Keeps the roots of a batch that is final, for contracts to ask.
    function publish(uint64 batch, Claim calldata claim, bytes32 stateRoot_, bytes32 exitRoot_) external {
        _know(batch, claim);
        if (!isFinal(batch)) revert NotFinal(batch);
        _keep(batch, claim, stateRoot_, exitRoot_);
        emit Published(batch, stateRoot_, exitRoot_);
    }

    /// @notice Gives the bonds of the next final batches to the vault. Of those that were in dispute, the tournament pays them.
    /// @param list The claims about them, in order, from the first whose bond did not go back.
    function refund(Claim[] calldata list) external {
        uint64 first = refundedCount;
        uint64 batch = first;
        if (list.length == 0) revert NothingToDo();
        if (list.length > finalCount - first) revert NotFinal(finalCount);
        refundedCount = first + uint64(list.length);
        address account = list[0].proposer;
        uint256 owed = 0;
        for (uint256 i = 0; i < list.length; i++) {
            _know(batch, list[i]);
            if (list[i].proposer != account) {
                _credit(account, owed);
                account = list[i].proposer;
                owed = 0;
            }
            if (disputes[batch] == 0) owed += bond;
            batch++;
        }
        _credit(account, owed);
        emit BondsReturned(first, batch);
    }

    function isFinal(uint64 batch) public view returns (bool) {
        return batch < finalCount;
    }

    /// @notice The state root after a final batch; zero where it was not kept.
    function stateRoot(uint64 batch) external view returns (bytes32) {
        return _stateRoots[batch];
    }

    /// @notice The exit root after a final batch; zero where it was not kept.
    function exitRoot(uint64 batch) external view returns (bytes32) {
        return _exitRoots[batch];
    }

    /// @notice The newest final batch, and when it became so; with none, when the chain began.
    function lastFinal() external view returns (uint64 batch, uint64 since, bool any) {
        return (finalCount == 0 ? 0 : finalCount - 1, finalAt, finalCount != 0);
    }

    function lastFinalAt() external view returns (uint64) {
        return finalAt;
    }

    /// @notice When the claim about a batch was proven; zero if it was not. It counts if that was later than the registry's trustedFrom.
    function provenAt(uint64 batch) external view returns (uint64) {
        return _proven[batch].provenAt;
    }

    /// @notice Whether what left the rollup at a place of a batch is proven, with the whole batch or its segment, and then when
    /// the period of its claim is over. No word on whether the batch is final. While the registry has halted nothing is proven.
    function provenExit(uint64 batch, uint64 index) external view returns (bool isProven, uint64 periodEnd) {
        if (address(proofs) == address(0) || proofs.halted()) return (false, 0);
        uint64 trusted = proofs.trustedFrom();
        Proof memory proof = _proven[batch];
        if (proof.provenAt > trusted) return (true, proof.claimedAt + period);
        bytes32 key = _key(claims[batch], trusted);
        Cover memory cover = _covers[key];
        isProven = (cover.exitsFrom != 0 && index >= cover.exitsFrom - 1) || _exits[key][index >> 8] >> (index & 255) & 1 != 0;
        if (isProven) periodEnd = cover.claimedAt + period;
    }

    /// @notice Segments of a claim that are proven, as bits.
    function provenSegments(bytes32 claim) external view returns (uint256) {
        if (address(proofs) == address(0) || proofs.halted()) return 0;
        return _covers[_key(claim, proofs.trustedFrom())].segments;
    }

    /// @notice How far the claim about a batch is; it only moves on, but what is proven is so no more once the registry has resumed after a halt.
    function status(uint64 batch) external view returns (Status) {
        if (batch < refundedCount) return Status.Refunded;
        if (batch < finalCount) return Status.Final;
        if (claims[batch] == 0) return Status.None;
        if (address(proofs) != address(0) && _proven[batch].provenAt > proofs.trustedFrom()) return Status.Proven;
        return disputes[batch] == 0 ? Status.Proposed : Status.Challenged;
    }

    /// @notice What a claim commits to.
    function leafOf(bytes32 stateRoot_, bytes32 exitRoot_) public pure returns (bytes32) {
        return keccak256(abi.encode(stateRoot_, exitRoot_));
    }

    function claimId(uint64 batch, Claim memory claim) public pure returns (bytes32) {
        return keccak256(abi.encode(batch, claim.parent, claim.left, claim.right, claim.finalLeaf, claim.proposer, claim.proposedAt));
    }

    function _propose(uint64 batch, bytes32 head, bytes32 left, bytes32 right, bytes32 stateRoot_, bytes32 exitRoot_, bytes32[] calldata opening) private {
        if (msg.value != bond) revert WrongBond(bond, msg.value);
        if (address(proofs) != address(0) && proofs.halted()) revert Halted();
        bytes32 expected = inbox.batchHeads(batch);
        if (expected == 0) revert NoBatch(batch);
        if (expected != head) revert WrongHead(expected, head);
        bytes32 parent = batch == 0 ? bytes32(0) : claims[batch - 1];
        if (batch != 0 && parent == 0) revert NoParent(batch);
        if (claims[batch] != 0) revert ClaimExists(batch);
        bytes32 finalLeaf = leafOf(stateRoot_, exitRoot_);
        _check(left, right, finalLeaf, opening);
        claims[batch] = claimId(batch, Claim(parent, left, right, finalLeaf, msg.sender, uint64(block.timestamp)));
        emit Claimed(batch, msg.sender, parent, left, right, stateRoot_, exitRoot_, uint64(block.timestamp));
    }

    function _credit(address account, uint256 owed) private {
        if (owed != 0) vault.credit{value: owed}(account);
    }

    function _keep(uint64 batch, Claim calldata claim, bytes32 stateRoot_, bytes32 exitRoot_) private {
        if (leafOf(stateRoot_, exitRoot_) != claim.finalLeaf) revert WrongRoots();
        _stateRoots[batch] = stateRoot_;
        _exitRoots[batch] = exitRoot_;
    }

    function _know(uint64 batch, Claim calldata claim) private view {
        if (claims[batch] != claimId(batch, claim)) revert UnknownClaim(batch);
    }

    function _fall(uint64 batch, Claim calldata claim, bytes32 provenLeaf) private {
        bool holdsBond = disputes[batch] == 0;
        claims[batch] = 0;
        disputes[batch] = 0;
        delete _proven[batch];
        emit Refuted(batch, claimId(batch, claim), provenLeaf, msg.sender);
        if (!holdsBond) return;
        vault.credit{value: bond / 2}(msg.sender);
        (bool ok,) = BURNED.call{value: bond - bond / 2}("");
        if (!ok) revert TransferFailed();
    }

    // A proof that a halt overtook stops nobody from contesting.
    function _counts(uint64 batch) private view returns (bool) {
        uint64 when = _proven[batch].provenAt;
        return when != 0 && when > proofs.trustedFrom() && !proofs.halted();
    }

    function _key(bytes32 claim, uint64 trusted) private pure returns (bytes32) {
        return _hash(claim, bytes32(uint256(trusted)));
    }

    function _bits(uint64 first, uint64 count) private pure returns (uint256) {
        return type(uint256).max >> (256 - count) << first;
    }

    // What a proof about segments names in place of the batch.
    function _segmentHead(uint64 batch, Stretch calldata stretch) private view returns (bytes32) {
        return keccak256(abi.encode(inbox.batchHeads(batch), stretch.first * segmentSteps, (stretch.first + stretch.count) * segmentSteps));
    }

    function _open(uint64 batch, Claim calldata claim, Claim calldata parent, Stretch calldata stretch) private view returns (bytes32 preLeaf, bytes32 postLeaf) {
        uint64 end = stretch.first + stretch.count;
        if (stretch.count == 0 || end > segments) revert WrongSegments(stretch.first, stretch.count);
        if (stretch.first == 0) {
            preLeaf = _startLeaf(batch, claim.parent, parent);
        } else {
            preLeaf = stretch.preLeaf;
            _within(claim, stretch.first * segmentSteps - 1, preLeaf, stretch.preOpening);
        }
        if (end == segments) {
            postLeaf = claim.finalLeaf;
        } else {
            postLeaf = stretch.postLeaf;
            _within(claim, end * segmentSteps - 1, postLeaf, stretch.postOpening);
        }
    }

    // A leaf of a claim: siblings from the leaf up.
    function _within(Claim calldata claim, uint64 index, bytes32 leaf, bytes32[] calldata opening) private view {
        if (opening.length != height) revert WrongOpening();
        for (uint256 i = 0; i < opening.length; i++) leaf = index >> i & 1 == 0 ? _hash(leaf, opening[i]) : _hash(opening[i], leaf);
        if (leaf != _hash(claim.left, claim.right)) revert WrongOpening();
    }

    function _isProven(uint64 batch) private view returns (bool) {
        uint64 when = _proven[batch].provenAt;
        return when > proofs.trustedFrom() && block.timestamp >= when + proofDelay;
    }

    function _startLeaf(uint64 batch, bytes32 parentId, Claim calldata parent) private view returns (bytes32) {
        if (batch == 0) return genesisLeaf;
        if (claims[batch - 1] != parentId || claimId(batch - 1, parent) != parentId) revert UnknownClaim(batch - 1);
        return parent.finalLeaf;
    }

    // The last leaf is a right child at every level.
    function _check(bytes32 left, bytes32 right, bytes32 leaf, bytes32[] calldata opening) private view {
        if (opening.length != height) revert WrongOpening();
        bytes32 node = leaf;
        assembly ("memory-safe") {
            let end := add(opening.offset, shl(5, opening.length))
            for { let at := opening.offset } lt(at, end) { at := add(at, 32) } {
                mstore(0, calldataload(at))
                mstore(32, node)
                node := keccak256(0, 64)
            }
        }
        if (node != _hash(left, right)) revert WrongOpening();
    }

    function _hash(bytes32 left, bytes32 right) private pure returns (bytes32 node) {
        assembly ("memory-safe") {
            mstore(0, left)
            mstore(32, right)
            node := keccak256(0, 64)
        }
    }
}
