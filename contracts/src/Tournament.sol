// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @notice Executes one transaction again. Reverts, or answers false, unless it shows that the leaf after it is right.
interface IStepVerifier {
    function step(bytes32 preLeaf, bytes32 postLeaf, uint64 index, bytes32 batchCommitment, bytes calldata witness) external view returns (bool);
}

/// @notice What the tournament tells the state chain: see StateChain.
interface ISettle {
    struct Claim {
        bytes32 parent;
        bytes32 left;
        bytes32 right;
        bytes32 finalLeaf;
        address proposer;
        uint64 proposedAt;
    }

    function settle(uint64 batch, uint64 dispute, bool any, Claim calldata winner) external;
}

/// @notice Where what is awarded waits.
interface IAward {
    function credit(address account) external payable;
}

/// @title Tournament: finds the true one among claims about a batch
/// @notice After the Dave paper, sections 4 and 7.2: claims that were demoted equally often play in small groups, all against
/// all; each match is bisected to one transaction, which the step verifier executes; who loses is out, who is out of time is
/// demoted, and out after too many of it. A claim that somebody defends in time always wins, whatever the others do.
/// @dev docs/formats/rollups-tournament.md. Anybody may make any move for any claim.
contract Tournament {
    struct Rules {
        uint64 challengePeriod;
        uint64 matchTime;
        uint64 gracePeriod;
        uint64 extension;
        uint8 maxExtensions;
        uint8 groupSize;
        uint128 bond;
        uint128 answerCost;
        uint128 moveRefund;
    }

    struct Entrant {
        bytes32 root;
        bytes32 left;
        bytes32 right;
        bytes32 finalLeaf;
        address poster;
        uint32 moves;
        uint32 group;
        uint16 demotions;
        bool isOut;
        bool hasLostRound;
    }

    struct Match {
        bytes32 parent;
        bytes32 left;
        bytes32 right;
        uint32 position;
        uint40 turnStart;
        uint32 clockOfFirst;
        uint32 clockOfSecond;
        uint8 extensionsOfFirst;
        uint8 extensionsOfSecond;
        uint8 level;
        // 1: open, 2: sealed; 4 besides: the second is to move.
        uint8 flags;
        uint32 first;
        uint32 second;
        uint24 group;
    }

    struct Group {
        uint32 firstMatch;
        uint8 open;
        uint32[] members;
    }

    struct Game {
        bytes32 startLeaf;
        bytes32 batchHead;
        bytes32 parent;
        uint64 batch;
        uint64 openedAt;
        uint32 survivors;
        uint32 openMatches;
        uint32 rounds;
        uint32 left;
        uint16 bucket;
        uint32 index;
        uint32 matchCount;
        uint32 calls;
        bool hasEnded;
        bool hasWinner;
        bool isRewarded;
        uint32 winner;
        uint128 perCall;
        uint128 perMove;
        uint128 reward;
        Entrant[] entrants;
        Group[] groups;
        mapping(bytes32 root => uint256) numbers;
        mapping(uint256 roundAndDemotions => uint32[]) waiting;
        mapping(uint256 id => Match) matches;
        mapping(address caller => uint32) callsOf;
        mapping(uint256 entrant => mapping(address caller => uint32)) movesOf;
    }

    uint8 private constant OPEN = 1;
    uint8 private constant SEALED = 2;
    uint8 private constant SECOND = 4;
    uint64 private constant LONGEST = 365 days;
    address private constant BURNED = address(0xdEaD);

    ISettle public immutable chain;
    IAward public immutable vault;
    IStepVerifier public immutable verifier;
    uint8 public immutable height;
    uint64 public immutable challengePeriod;
    uint64 public immutable gracePeriod;
    uint64 public immutable matchTime;
    uint64 public immutable extension;
    uint8 public immutable maxExtensions;
    uint8 public immutable groupSize;
    uint16 public immutable maxDemotions;
    uint128 public immutable bond;
    uint128 public immutable moveRefund;

    uint64 public gameCount;
    mapping(uint64 id => Game) private _games;

    event Opened(uint64 indexed id, uint64 indexed batch, bytes32 startLeaf, bytes32 batchHead, uint64 openedAt);
    event Joined(uint64 indexed id, uint32 indexed entrant, address indexed poster, bytes32 left, bytes32 right, bytes32 finalLeaf);
    event Formed(uint64 indexed id, uint32 round, uint32 matchCount);
    event Moved(uint64 indexed id, uint32 indexed matchId, uint8 level, uint32 position);
    event Stepped(uint64 indexed id, uint32 indexed matchId, bool forSecond);
    event TimedOut(uint64 indexed id, uint32 indexed matchId);
    event Concluded(uint64 indexed id, bool any, uint32 winner);
    event Collected(uint64 indexed id, address indexed account, uint128 amount);

    error BadRule(uint256 number);
    error NotChain(address caller);
    error NoGame(uint64 id);
    error JoinedTooLate();
    error DuplicateClaim();
    error WrongBond();
    error WrongOpening();
    error NoMatch();
    error WrongMove();
    error OutOfTime();
    error TooEarly();
    error WrongWitness();
    error NothingToDo();
    error Ended();
    error TransferFailed();

    constructor(address chain_, address vault_, address verifier_, uint8 height_, Rules memory rules) {
        if (height_ == 0 || height_ > 32) revert BadRule(0);
        _between(rules.challengePeriod, 1, LONGEST, 1);
        _between(rules.gracePeriod, 1, rules.challengePeriod, 2);
        _between(rules.matchTime, 2, LONGEST, 3);
        _between(rules.extension, 0, LONGEST, 4);
        _between(rules.maxExtensions, 0, 16, 5);
        _between(rules.groupSize, 2, 16, 6);
        if (rules.challengePeriod / rules.gracePeriod >= 1024) revert BadRule(7);
        // A bond pays at least twice what it costs to answer a claim, and no move is worth more than that.
        _between(rules.answerCost, 1, type(uint128).max / 4, 8);
        if (rules.bond < 2 * rules.answerCost) revert BadRule(9);
        if (rules.moveRefund > rules.answerCost) revert BadRule(10);
        chain = ISettle(chain_);
        vault = IAward(vault_);
        verifier = IStepVerifier(verifier_);
        height = height_;
        challengePeriod = rules.challengePeriod;
        gracePeriod = rules.gracePeriod;
        matchTime = rules.matchTime;
        extension = rules.extension;
        maxExtensions = rules.maxExtensions;
        groupSize = rules.groupSize;
        bond = rules.bond;
        moveRefund = rules.moveRefund;
        maxDemotions = uint16((rules.challengePeriod + rules.gracePeriod - 1) / rules.gracePeriod);
    }

    /// @notice Opens a game between two claims whose openings the state chain has checked; their bonds come along.
    function open(
        uint64 batch,
        bytes32 parent,
        bytes32 startLeaf,
        bytes32 batchHead,
        uint64 openedAt,
        bytes32[3] calldata first,
        address proposer,
        bytes32[3] calldata rival,
        address challenger
    ) external payable returns (uint64 id) {
        if (msg.sender != address(chain)) revert NotChain(msg.sender);
        if (msg.value != 2 * uint256(bond)) revert WrongBond();
        id = gameCount++;
        Game storage g = _games[id];
        g.batch = batch;
        g.parent = parent;
        g.startLeaf = startLeaf;
        g.batchHead = batchHead;
        g.openedAt = openedAt;
        emit Opened(id, batch, startLeaf, batchHead, openedAt);
        _join(g, id, first[0], first[1], first[2], proposer);
        _join(g, id, rival[0], rival[1], rival[2], challenger);
    }

    /// @notice Enters another claim. The value is the bond.
    /// @param opening Siblings of the last leaf, from the leaf up.
    function join(uint64 id, bytes32 left, bytes32 right, bytes32 finalLeaf, bytes32[] calldata opening) external payable {
        Game storage g = _live(id);
        if (block.timestamp >= g.openedAt + challengePeriod) revert JoinedTooLate();
        if (msg.value != bond) revert WrongBond();
        _open(_hash(left, right), (uint256(1) << height) - 1, finalLeaf, opening);
        _join(g, id, left, right, finalLeaf, msg.sender);
    }

    /// @notice Puts claims that wait into groups, starting a round if none runs.
    function form(uint64 id, uint32 maxGroups) external {
        Game storage g = _live(id);
        if (maxGroups == 0 || !_canForm(g)) revert NothingToDo();
        if (g.left == 0) _begin(g);
        uint32 formed = 0;
        for (; formed < maxGroups && g.left != 0; formed++) _start(g);
        g.callsOf[msg.sender] += formed;
        g.calls += formed;
        emit Formed(id, g.rounds, g.matchCount);
    }

    /// @notice Opens the mover's disputed subtree by two levels and so descends by one.
    function advance(uint64 id, uint32 matchId, bytes32 left, bytes32 right, bytes32 newLeft, bytes32 newRight) external {
        Game storage g = _live(id);
        Match storage m = _await(g, matchId, OPEN);
        uint8 level = m.level;
        if (level < 2) revert WrongMove();
        bytes32 theirLeft = m.left;
        bool isLeft = left != theirLeft;
        if (_hash(left, right) != m.parent || _hash(newLeft, newRight) != (isLeft ? left : right)) revert WrongOpening();
        m.parent = isLeft ? theirLeft : m.right;
        m.left = newLeft;
        m.right = newRight;
        _count(g, m);
        uint32 position = 2 * m.position + (isLeft ? 0 : 1);
        m.position = position;
        m.level = level - 1;
        _passTurn(m);
        emit Moved(id, matchId, level - 1, position);
    }

    /// @notice Opens the mover's last two leaves, and the agreed leaf before the first that differs.
    function seal(uint64 id, uint32 matchId, bytes32 left, bytes32 right, bytes32 preLeaf, bytes32[] calldata opening) external {
        Game storage g = _live(id);
        Match storage m = _await(g, matchId, OPEN);
        if (m.level != 1) revert WrongMove();
        if (_hash(left, right) != m.parent) revert WrongOpening();
        bool isLeft = left != m.left;
        uint32 position = 2 * m.position + (isLeft ? 0 : 1);
        if (position != 0) {
            _open(g.entrants[_mover(m)].root, position - 1, preLeaf, opening);
        } else if (preLeaf != g.startLeaf || opening.length != 0) {
            revert WrongOpening();
        }
        bytes32 mine = isLeft ? left : right;
        bytes32 theirs = isLeft ? m.left : m.right;
        bool second = m.flags & SECOND != 0;
        m.parent = preLeaf;
        m.left = second ? theirs : mine;
        m.right = second ? mine : theirs;
        _count(g, m);
        m.position = position;
        m.level = 0;
        m.flags = (m.flags & SECOND) | SEALED;
        _passTurn(m);
        emit Moved(id, matchId, 0, position);
    }

    /// @notice Executes the disputed transaction and so shows that a claim's leaf after it is right: the other claim is out.
    function step(uint64 id, uint32 matchId, bool forSecond, bytes calldata witness) external {
        Game storage g = _live(id);
        Match storage m = _await(g, matchId, SEALED);
        if (!verifier.step(m.parent, forSecond ? m.right : m.left, m.position, g.batchHead, witness)) revert WrongWitness();
        (uint32 side, uint32 other) = forSecond ? (m.second, m.first) : (m.first, m.second);
        g.movesOf[side][msg.sender]++;
        g.entrants[side].moves++;
        _eliminate(g, other);
        emit Stepped(id, matchId, forSecond);
    }

    /// @notice Ends a match whose clock has run out. Of one that nobody executed, both have lost.
    function timeout(uint64 id, uint32 matchId) external {
        Game storage g = _live(id);
        Match storage m = g.matches[matchId];
        if (m.flags == 0) revert NoMatch();
        if (block.timestamp <= _deadline(m)) revert TooEarly();
        bool isSealed = m.flags & SEALED != 0;
        bool second = m.flags & SECOND != 0;
        if (isSealed || !second) g.entrants[m.first].hasLostRound = true;
        if (isSealed || second) g.entrants[m.second].hasLostRound = true;
        g.callsOf[msg.sender]++;
        g.calls++;
        _close(g, matchId);
        emit TimedOut(id, matchId);
    }

    /// @notice Names the winner when one claim is left and no other can join, and tells the state chain.
    function conclude(uint64 id) external {
        Game storage g = _live(id);
        if (!_canConclude(g)) revert NothingToDo();
        g.hasEnded = true;
        ISettle.Claim memory claim;
        bool any = g.survivors != 0;
        if (any) {
            uint32 winner = 0;
            while (g.entrants[winner].isOut) winner++;
            g.winner = winner;
            g.hasWinner = true;
            Entrant storage e = g.entrants[winner];
            claim = ISettle.Claim(g.parent, e.left, e.right, e.finalLeaf, e.poster, g.openedAt);
        }
        uint256 burned = _share(g, any);
        emit Concluded(id, any, g.winner);
        chain.settle(g.batch, id, any, claim);
        (bool ok,) = BURNED.call{value: burned}("");
        if (!ok) revert TransferFailed();
    }

    /// @notice Gives what an ended game owes an account to the vault.
    function collect(uint64 id, address account) external {
        Game storage g = _games[id];
        if (!g.hasEnded) revert NothingToDo();
        uint128 due = uint128(g.callsOf[account]) * g.perCall;
        g.callsOf[account] = 0;
        if (g.hasWinner) {
            due += uint128(g.movesOf[g.winner][account]) * g.perMove;
            g.movesOf[g.winner][account] = 0;
            if (!g.isRewarded && account == g.entrants[g.winner].poster) {
                due += g.reward + bond;
                g.isRewarded = true;
            }
        }
        if (due == 0) revert NothingToDo();
        emit Collected(id, account, due);
        vault.credit{value: due}(account);
    }

    /// @notice How a game stands.
    function game(uint64 id)
        external
        view
        returns (uint64 batch, bytes32 startLeaf, bytes32 batchHead, uint64 joinDeadline, uint32 entrants, uint32 survivors, uint32 openMatches, uint32 rounds, bool canForm, bool canConclude, bool hasEnded)
    {
        Game storage g = _known(id);
        return (g.batch, g.startLeaf, g.batchHead, g.openedAt + challengePeriod, uint32(g.entrants.length), g.survivors, g.openMatches, g.rounds, _canForm(g), _canConclude(g), g.hasEnded);
    }

    /// @notice A claim of a game; false where there is none of that root.
    function entrant(uint64 id, bytes32 root) external view returns (bool any, uint32 number, address poster, uint16 demotions, bool isOut) {
        Game storage g = _known(id);
        uint256 place = g.numbers[root];
        if (place == 0) return (false, 0, address(0), 0, false);
        Entrant storage e = g.entrants[place - 1];
        return (true, uint32(place - 1), e.poster, e.demotions, e.isOut);
    }

    /// @notice The open matches of a game, or of one of its claims, in order of their numbers.
    function matchesOf(uint64 id, bool all, uint32 number) external view returns (uint32[] memory found) {
        Game storage g = _known(id);
        uint32[] memory buffer = new uint32[](g.openMatches);
        uint256 count = 0;
        for (uint32 i = 0; i < g.matchCount; i++) {
            Match storage m = g.matches[i];
            if (m.flags != 0 && (all || m.first == number || m.second == number)) buffer[count++] = i;
        }
        found = new uint32[](count);
        for (uint256 i = 0; i < count; i++) found[i] = buffer[i];
    }

    /// @notice An open match; all zero if it is none.
    function matchAt(uint64 id, uint32 matchId)
        external
        view
        returns (uint32 first, uint32 second, bytes32 parent, bytes32 left, bytes32 right, uint8 level, uint32 position, bool isSealed, bool secondToMove, uint64 deadline)
    {
        Match storage m = _known(id).matches[matchId];
        if (m.flags == 0) return (0, 0, 0, 0, 0, 0, 0, false, false, 0);
        return (m.first, m.second, m.parent, m.left, m.right, m.level, m.position, m.flags & SEALED != 0, m.flags & SECOND != 0, uint64(_deadline(m)));
    }

    function _known(uint64 id) private view returns (Game storage g) {
        if (id >= gameCount) revert NoGame(id);
        return _games[id];
    }

    function _live(uint64 id) private view returns (Game storage g) {
        g = _known(id);
        if (g.hasEnded) revert Ended();
    }

    function _canForm(Game storage g) private view returns (bool) {
        return !g.hasEnded && (g.left != 0 || (g.openMatches == 0 && g.survivors > 1));
    }

    function _canConclude(Game storage g) private view returns (bool) {
        return !g.hasEnded && block.timestamp >= g.openedAt + challengePeriod && g.survivors <= 1 && g.openMatches == 0;
    }

    function _await(Game storage g, uint32 matchId, uint8 phase) private view returns (Match storage m) {
        m = g.matches[matchId];
        if (m.flags == 0) revert NoMatch();
        if (m.flags & phase == 0) revert WrongMove();
        if (block.timestamp > _deadline(m)) revert OutOfTime();
    }

    function _mover(Match storage m) private view returns (uint32) {
        return m.flags & SECOND != 0 ? m.second : m.first;
    }

    function _deadline(Match storage m) private view returns (uint256) {
        (uint32 one, uint32 two) = (m.clockOfFirst, m.clockOfSecond);
        if (m.flags & SEALED != 0) return m.turnStart + uint256(one > two ? one : two);
        return m.turnStart + uint256(m.flags & SECOND != 0 ? two : one);
    }

    function _join(Game storage g, uint64 id, bytes32 left, bytes32 right, bytes32 finalLeaf, address poster) private {
        bytes32 root = _hash(left, right);
        if (g.numbers[root] != 0) revert DuplicateClaim();
        uint32 number = uint32(g.entrants.length);
        g.entrants.push(Entrant(root, left, right, finalLeaf, poster, 0, 0, 0, false, false));
        g.numbers[root] = number + 1;
        g.waiting[uint256(g.rounds) << 16].push(number);
        g.survivors++;
        emit Joined(id, number, poster, left, right, finalLeaf);
    }

    // Claims that wait are kept by round and demotions; those of the round before are now taken.
    function _begin(Game storage g) private {
        uint32 left = 0;
        for (uint256 d = 0; d < maxDemotions; d++) left += uint32(g.waiting[(uint256(g.rounds) << 16) | d].length);
        g.left = left;
        g.bucket = 0;
        g.index = 0;
        g.rounds++;
    }

    function _take(Game storage g) private returns (uint32 number) {
        uint256 round = uint256(g.rounds - 1) << 16;
        while (g.index == g.waiting[round | g.bucket].length) {
            g.bucket++;
            g.index = 0;
        }
        g.left--;
        number = g.waiting[round | g.bucket][g.index++];
    }

    function _start(Game storage g) private {
        uint256 size = g.left < groupSize ? g.left : groupSize;
        uint32 groupId = uint32(g.groups.length);
        g.groups.push();
        Group storage group = g.groups[groupId];
        group.firstMatch = g.matchCount;
        for (uint256 i = 0; i < size; i++) {
            uint32 number = _take(g);
            group.members.push(number);
            g.entrants[number].hasLostRound = false;
            g.entrants[number].group = groupId;
            for (uint256 j = 0; j < i; j++) _pair(g, groupId, number, group.members[j]);
        }
        uint32 opened = g.matchCount - group.firstMatch;
        group.open = uint8(opened);
        g.openMatches += opened;
        if (opened == 0) _finish(g, group);
    }

    function _pair(Game storage g, uint32 groupId, uint32 first, uint32 second) private {
        Match storage m = g.matches[g.matchCount++];
        m.parent = g.entrants[first].root;
        m.left = g.entrants[second].left;
        m.right = g.entrants[second].right;
        m.turnStart = uint40(block.timestamp);
        m.clockOfFirst = uint32(matchTime / 2 + gracePeriod);
        m.clockOfSecond = m.clockOfFirst;
        m.level = height;
        m.flags = OPEN;
        m.first = first;
        m.second = second;
        m.group = uint24(groupId);
    }

    function _count(Game storage g, Match storage m) private {
        uint32 mover = _mover(m);
        g.movesOf[mover][msg.sender]++;
        g.entrants[mover].moves++;
    }

    // Stops the mover's clock and starts the other's, raised if it stands low; once sealed, both.
    function _passTurn(Match storage m) private {
        uint32 elapsed = uint32(block.timestamp - m.turnStart);
        bool second = m.flags & SECOND != 0;
        if (second) m.clockOfSecond -= elapsed;
        else m.clockOfFirst -= elapsed;
        m.flags ^= SECOND;
        m.turnStart = uint40(block.timestamp);
        bool both = m.flags & SEALED != 0;
        if ((both || second) && m.clockOfFirst < extension && m.extensionsOfFirst < maxExtensions) {
            m.clockOfFirst = uint32(extension);
            m.extensionsOfFirst++;
        }
        if ((both || !second) && m.clockOfSecond < extension && m.extensionsOfSecond < maxExtensions) {
            m.clockOfSecond = uint32(extension);
            m.extensionsOfSecond++;
        }
    }

    // What is refuted is out at once, and has lost all that it still plays.
    function _eliminate(Game storage g, uint32 number) private {
        Entrant storage e = g.entrants[number];
        e.hasLostRound = true;
        e.isOut = true;
        g.survivors--;
        Group storage group = g.groups[e.group];
        uint32 matchId = group.firstMatch;
        for (uint256 i = 0; i < group.members.length; i++) {
            for (uint256 j = 0; j < i; j++) {
                if ((group.members[i] == number || group.members[j] == number) && g.matches[matchId].flags != 0) _close(g, matchId);
                matchId++;
            }
        }
    }

    function _close(Game storage g, uint32 matchId) private {
        Group storage group = g.groups[g.matches[matchId].group];
        delete g.matches[matchId];
        g.openMatches--;
        if (--group.open == 0) _finish(g, group);
    }

    function _finish(Game storage g, Group storage group) private {
        for (uint256 i = 0; i < group.members.length; i++) {
            Entrant storage e = g.entrants[group.members[i]];
            if (e.isOut) continue;
            if (e.hasLostRound && ++e.demotions >= maxDemotions) {
                e.isOut = true;
                g.survivors--;
            } else {
                g.waiting[(uint256(g.rounds) << 16) | e.demotions].push(group.members[i]);
            }
        }
    }

    // Lost bonds repay calls, then moves for the winner; half of the rest is the winner's, what is left is burned.
    function _share(Game storage g, bool any) private returns (uint256) {
        uint256 pool = uint256(bond) * (g.entrants.length - (any ? 1 : 0));
        if (g.calls != 0) {
            g.perCall = uint128(_least(moveRefund, pool / g.calls));
            pool -= uint256(g.perCall) * g.calls;
        }
        if (!any) return pool;
        uint256 moves = g.entrants[g.winner].moves;
        if (moves != 0) {
            g.perMove = uint128(_least(moveRefund, pool / moves));
            pool -= uint256(g.perMove) * moves;
        }
        g.reward = uint128(pool / 2);
        return pool - pool / 2;
    }

    function _least(uint256 one, uint256 other) private pure returns (uint256) {
        return one < other ? one : other;
    }

    function _between(uint256 value, uint256 least, uint256 most, uint256 number) private pure {
        if (value < least || value > most) revert BadRule(number);
    }

    function _open(bytes32 root, uint256 index, bytes32 leaf, bytes32[] calldata siblings) private view {
        if (siblings.length != height) revert WrongOpening();
        bytes32 node = leaf;
        for (uint256 i = 0; i < siblings.length; i++) {
            node = index & 1 == 0 ? _hash(node, siblings[i]) : _hash(siblings[i], node);
            index >>= 1;
        }
        if (node != root) revert WrongOpening();
    }

    function _hash(bytes32 left, bytes32 right) private pure returns (bytes32 node) {
        assembly ("memory-safe") {
            mstore(0, left)
            mstore(32, right)
            node := keccak256(0, 64)
        }
    }
}
