using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups.Evm;

/// <summary>Calls of contracts/src/StepVerifier.sol.</summary>
internal static class StepVerifierContract
{
    private const string Machine = "(bytes32,bytes32,uint64,uint64,uint64,bytes32,bytes32)";

    public const string Step = $"({Machine},uint8,bytes,bytes,bytes32[])";

    public static readonly AbiFunction
        Prove = new($"prove(bytes32,bytes32,uint64,uint64,bool,{Step})", "(bytes32)"),
        Execute = new($"execute(uint64,uint64,{Step})", $"(uint8,{Machine})"),
        LeafOf = new($"leafOf({Machine})", "(bytes32)"),
        EdgeOf = new("edgeOf(bytes32,bytes32)", "(bytes32)"),
        ItemOf = new("itemOf(uint8,bytes)", "(bytes32)"),
        Append = new("append(bytes32,uint64,bytes32,bytes32[])", "(bytes32)"),
        ChainId = new("chainId()", "(uint64)"),
        Ed25519 = new("ed25519()", "(address)");

    public static readonly AbiFunction[] Errors =
    [
        new("WrongState(bytes32,bytes32)"), new("WrongItem(bytes32,bytes32)"), new("BadExits()"), new("BadRules()"),
        new("BadWitness()"), new("MissingState()"), new("NoP256()"), new("OutOfGas()"),
    ];

    public static AbiValue Encode(in StepMachine machine) =>
        AbiValue.List(machine.StateRoot, machine.ExitRoot, machine.Exits, machine.Used.ExecutionGas, machine.Used.ProvingUnits, machine.ForcedRoot, machine.ForcedExits);

    public static AbiValue Encode(StepProof proof)
    {
        var exits = new AbiValue[proof.Exits.Length];
        for (int i = 0; i < exits.Length; i++) exits[i] = proof.Exits.Span[i];
        return AbiValue.List(Encode(proof.Before), (ulong)proof.Item.Kind, AbiValue.Of(proof.Item.Data), AbiValue.Of(proof.Witness), AbiValue.List(exits));
    }

    public static StepMachine ToMachine(AbiValue value) =>
        new(value[0].ToDigest(), value[1].ToDigest(), value[2].ToUInt64(), new ResourceUse(value[3].ToUInt64(), value[4].ToUInt64()), value[5].ToDigest(), value[6].ToDigest());

    public static StepProof ToProof(AbiValue value)
    {
        var exits = new Digest32[value[4].Items.Length];
        for (int i = 0; i < exits.Length; i++) exits[i] = value[4][i].ToDigest();
        return new StepProof(ToMachine(value[0]), new StepItem((StepKind)value[1].ToUInt64(), value[2].Bytes), value[3].Bytes, exits);
    }
}
