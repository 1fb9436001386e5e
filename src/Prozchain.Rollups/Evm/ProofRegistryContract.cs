namespace Prozchain.Rollups.Evm;

/// <summary>Calls and events of contracts/src/ProofRegistry.sol, and of the verifiers that it asks.</summary>
internal static class ProofRegistryContract
{
    /// <summary>Systems of one registry at most.</summary>
    public const int MaxSystems = 128;

    public static readonly AbiFunction
        Register = new("register(address,bool)"),
        Retire = new("retire(uint32)"),
        Resume = new("resume()"),
        Submit = new("submit(uint32,bytes32,bytes32,bytes32,bytes)"),
        Check = new("check(bytes32,bytes32,bytes32,uint32[],bytes[])", "(bool,uint64)"),
        ProvenAt = new("provenAt(bytes32,bytes32,bytes32)", "(uint64)"),
        Halted = new("halted()", "(bool)"),
        TrustedFrom = new("trustedFrom()", "(uint64)"),
        Systems = new("systems(uint256)", "(address,bool,bool)"),
        SystemCount = new("systemCount()", "(uint32)"),
        ValidityCount = new("validityCount()", "(uint32)");

    public static readonly AbiEvent
        Registered = new("Registered(uint32 indexed,address,bool)"),
        Retired = new("Retired(uint32 indexed)"),
        Agreed = new("Agreed(uint32 indexed,bytes32,bytes32,bytes32,bool)"),
        Contradicted = new("Contradicted(bytes32,bytes32,bytes32,bytes32)"),
        Resumed = new("Resumed(uint64)");

    public static readonly AbiFunction[] Errors =
    [
        new("NotGovernor(address)"), new("NoValidityProof()"), new("WrongAgreement(uint8)"), new("UnknownSystem(uint32)"), new("TooMany()"),
        new("WrongProof()"), new("AlreadyDone()"), new("IsHalted()"),
    ];
}

/// <summary>What a <see cref="ProofRegistryContract"/> asks a verifier.</summary>
internal static class ProofVerifierContract
{
    public static readonly AbiFunction Verify = new("verify(bytes32,bytes32,bytes32,bytes)", "(bool)");
}
