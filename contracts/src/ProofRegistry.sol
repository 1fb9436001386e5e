// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @notice Checks evidence that a batch leads from one leaf to another. Reverts, or answers false, if it does not convince.
interface IProofVerifier {
    function verify(bytes32 startLeaf, bytes32 finalLeaf, bytes32 batchHead, bytes calldata proof) external view returns (bool);
}

/// @title ProofRegistry: what was proven about batches, and by which systems
/// @notice A batch is proven once enough different systems agree on it and at least one of them is a validity proof:
/// statements of trusted hardware are second opinions, and alone shorten nothing. Two validity proofs of different leaves
/// for one batch show that a system is broken: nothing is proven any more until the governor has mended it.
/// @dev Systems are numbered, never replaced: a new version is a new number, and an old one is retired.
contract ProofRegistry {
    struct System {
        address verifier;
        bool isValidity;
        bool isRetired;
    }

    uint256 public constant MAX_SYSTEMS = 128;

    /// @notice Who registers and retires systems: the Guardian, whose calls are announced.
    address public immutable governor;
    /// @notice How many systems must agree, 1 to 4.
    uint8 public immutable agreeing;

    mapping(uint256 number => System) public systems;
    /// @notice Systems registered, and of those the validity systems that are not retired.
    uint32 public systemCount;
    uint32 public validityCount;
    bool public halted;
    /// @notice What was proven at or before this time counts no more.
    uint64 public trustedFrom;
    uint64 private _epoch;
    mapping(bytes32 key => bytes32 finalLeaf) private _shown;
    mapping(bytes32 key => uint256 bits) private _agreed;
    mapping(bytes32 key => uint64) private _provenAt;

    event Registered(uint32 indexed system, address verifier, bool isValidity);
    event Retired(uint32 indexed system);
    event Agreed(uint32 indexed system, bytes32 startLeaf, bytes32 finalLeaf, bytes32 batchHead, bool isProven);
    event Contradicted(bytes32 startLeaf, bytes32 batchHead, bytes32 one, bytes32 other);
    event Resumed(uint64 trustedFrom);

    error NotGovernor(address caller);
    error NoValidityProof();
    error WrongAgreement(uint8 got);
    error UnknownSystem(uint32 system);
    error TooMany();
    error WrongProof();
    error AlreadyDone();
    error IsHalted();

    constructor(address governor_, address[] memory verifiers, bool[] memory areValidity, uint8 agreeing_) {
        if (agreeing_ == 0 || agreeing_ > 4 || agreeing_ > verifiers.length || verifiers.length != areValidity.length) revert WrongAgreement(agreeing_);
        governor = governor_;
        agreeing = agreeing_;
        for (uint256 i = 0; i < verifiers.length; i++) _register(verifiers[i], areValidity[i]);
        if (validityCount == 0) revert NoValidityProof();
    }

    modifier onlyGovernor() {
        if (msg.sender != governor) revert NotGovernor(msg.sender);
        _;
    }

    /// @notice Adds a system under the next number.
    function register(address verifier, bool isValidity) external onlyGovernor {
        _register(verifier, isValidity);
    }

    /// @notice From now on a system says nothing any more. The last validity proof cannot be retired.
    function retire(uint32 system) external onlyGovernor {
        if (system >= systemCount || systems[system].isRetired) revert UnknownSystem(system);
        if (systems[system].isValidity && --validityCount == 0) revert NoValidityProof();
        systems[system].isRetired = true;
        emit Retired(system);
    }

    /// @notice Goes on after a halt; what was proven before counts no more.
    function resume() external onlyGovernor {
        if (!halted) revert AlreadyDone();
        halted = false;
        _epoch++;
        trustedFrom = uint64(block.timestamp);
        emit Resumed(trustedFrom);
    }

    /// @notice Takes evidence of one system about a batch.
    function submit(uint32 system, bytes32 startLeaf, bytes32 finalLeaf, bytes32 batchHead, bytes calldata proof) external {
        if (halted) revert IsHalted();
        if (system >= systemCount || systems[system].isRetired) revert UnknownSystem(system);
        System memory s = systems[system];
        if (!IProofVerifier(s.verifier).verify(startLeaf, finalLeaf, batchHead, proof)) revert WrongProof();
        if (s.isValidity) {
            bytes32 shownKey = keccak256(abi.encode(_epoch, startLeaf, batchHead));
            bytes32 other = _shown[shownKey];
            if (other != 0 && other != finalLeaf) {
                halted = true;
                emit Contradicted(startLeaf, batchHead, other, finalLeaf);
                return;
            }
            _shown[shownKey] = finalLeaf;
        }
        bytes32 key = _key(startLeaf, finalLeaf, batchHead);
        uint256 bits = _agreed[key];
        uint256 bit = uint256(1) << (system + (s.isValidity ? 0 : MAX_SYSTEMS));
        if (bits & bit != 0) revert AlreadyDone();
        bits |= bit;
        _agreed[key] = bits;
        bool isProven = bits & type(uint128).max != 0 && _count(bits) >= agreeing;
        if (isProven && _provenAt[key] == 0) _provenAt[key] = uint64(block.timestamp);
        emit Agreed(system, startLeaf, finalLeaf, batchHead, isProven);
    }

    /// @notice When it was proven that a batch leads from one leaf to another; zero if it was not.
    function provenAt(bytes32 startLeaf, bytes32 finalLeaf, bytes32 batchHead) external view returns (uint64) {
        return halted ? 0 : _provenAt[_key(startLeaf, finalLeaf, batchHead)];
    }

    /// @notice Whether evidence proves a statement here and now, without keeping any of it; and since when what it proves counts.
    /// @param numbers Of systems, ascending.
    /// @param evidence What each of them says.
    function check(bytes32 startLeaf, bytes32 finalLeaf, bytes32 batchHead, uint32[] calldata numbers, bytes[] calldata evidence)
        external
        view
        returns (bool convinces, uint64 since)
    {
        since = trustedFrom;
        if (halted || numbers.length < agreeing || numbers.length != evidence.length) return (false, since);
        uint256 next = 0;
        for (uint256 i = 0; i < numbers.length; i++) {
            uint256 number = numbers[i];
            System storage s = systems[number];
            (address verifier, bool isValidity, bool isRetired) = (s.verifier, s.isValidity, s.isRetired);
            if (number < next || verifier == address(0) || isRetired) return (false, since);
            if (!IProofVerifier(verifier).verify(startLeaf, finalLeaf, batchHead, evidence[i])) return (false, since);
            if (isValidity) convinces = true;
            next = number + 1;
        }
    }

    function _register(address verifier, bool isValidity) private {
        uint32 system = systemCount;
        if (system == MAX_SYSTEMS) revert TooMany();
        systems[system] = System(verifier, isValidity, false);
        systemCount = system + 1;
        if (isValidity) validityCount++;
        emit Registered(system, verifier, isValidity);
    }

    function _key(bytes32 startLeaf, bytes32 finalLeaf, bytes32 batchHead) private view returns (bytes32) {
        return keccak256(abi.encode(_epoch, startLeaf, finalLeaf, batchHead));
    }

    function _count(uint256 bits) private pure returns (uint256 count) {
        for (; bits != 0; bits &= bits - 1) count++;
    }
}
