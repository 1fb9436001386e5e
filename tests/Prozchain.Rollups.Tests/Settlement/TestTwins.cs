using System.Collections.Immutable;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.Tests.Payments;

namespace Prozchain.Rollups.Tests.Settlement;

/// <summary>The contracts of contracts/test in process, besides those of the library.</summary>
internal static class TestTwins
{
    private static readonly Dictionary<string, (AbiType Arguments, Func<AbiValue, InProcessContract?> Make)> s_twins = new(StringComparer.Ordinal)
    {
        ["TestToken"] = (AbiType.Parse("(uint256)"), arguments => new TestTokenTwin(arguments[0].ToUInt64())),
        ["TestFinality"] = (AbiType.Parse("()"), _ => new TestFinalityTwin()),
        ["TestReceiver"] = (AbiType.Parse("()"), _ => new TestReceiverTwin()),
        ["TestStep"] = (AbiType.Parse("()"), _ => new TestStepTwin()),
        ["TestSeal"] = (AbiType.Parse("(bytes32)"), arguments => new TestSealTwin(arguments[0].ToDigest())),
        ["TestHash"] = (AbiType.Parse("()"), _ => new HostedHash<Sha256Tree>()),
        ["TestHashKeys"] = (AbiType.Parse("()"), _ => new HostedSignatures(new HashKeyVerifier())),
        ["TestWord"] = (AbiType.Parse("(address)"), arguments => new HostedProofs(new RerunProofs(arguments[0].ToAddress()))),
        ["TestDisputes"] = (AbiType.Parse("()"), _ => new TestDisputesTwin()),
        ["TestProof"] = (AbiType.Parse("(bool)"), arguments => new TestProofTwin(arguments[0].ToBool())),
    };

    public static bool Has(string name) => s_twins.ContainsKey(name);

    public static byte[] Creation(string name, params ReadOnlySpan<AbiValue> arguments) =>
        Has(name) ? ContractTwins.Creation(s_twins, name, arguments) : ContractTwins.Creation(name, arguments);

    public static InProcessContract? Create(ReadOnlyMemory<byte> input) => ContractTwins.Create(s_twins, input) ?? ContractTwins.Create(input);
}

/// <summary>contracts/test/TestToken.sol in process.</summary>
internal sealed class TestTokenTwin : ContractTwin<TestTokenTwin.Storage>
{
    public static readonly AbiFunction Mint = new("mint(address,uint256)");

    public TestTokenTwin(ulong feePercent)
    {
        On(Mint, (call, a) => Add(call, a[0].ToAddress(), a[1].ToUInt128()));
        On(Erc20.BalanceOf, (call, a) => [call.State.Balances.GetValueOrDefault(a[0].ToAddress())]);
        On(Erc20.TransferFrom, (call, a) => Move(call, a[0].ToAddress(), a[1].ToAddress(), a[2].ToUInt128(), feePercent));
        On(Erc20.Transfer, (call, a) => Move(call, call.Sender, a[0].ToAddress(), a[1].ToUInt128(), feePercent));
    }

    public override object Genesis => new Storage(ImmutableDictionary<L1Address, UInt128>.Empty);

    protected override IReadOnlyList<AbiFunction> Errors { get; } = [new("Poor()")];

    private static void Add(TwinCall<Storage> call, L1Address to, UInt128 amount) =>
        call.State = new Storage(call.State.Balances.SetItem(to, checked(call.State.Balances.GetValueOrDefault(to) + amount)));

    private static void Move(TwinCall<Storage> call, L1Address from, L1Address to, UInt128 amount, ulong feePercent)
    {
        UInt128 owned = call.State.Balances.GetValueOrDefault(from);
        call.Require(owned >= amount, "Poor");
        call.State = new Storage(call.State.Balances.SetItem(from, owned - amount));
        Add(call, to, amount - checked(amount * feePercent) / 100);
    }

    internal sealed record Storage(ImmutableDictionary<L1Address, UInt128> Balances);
}

/// <summary>contracts/test/TestFinality.sol in process.</summary>
internal sealed class TestFinalityTwin : ContractTwin<TestFinalityTwin.Storage>
{
    public static readonly AbiFunction Set = new("set(bytes32,bytes32)"), Claim = new("claim(uint64,bytes32,bytes32)"), Publish = new("publish(uint64,bytes32)");

    public TestFinalityTwin()
    {
        On(Set, (call, a) => call.State = new Storage(call.State.Roots.Add((a[0].ToDigest(), a[1].ToDigest())), call.Now));
        On(Claim, (call, a) =>
        {
            call.Emit(FinalityViews.Claimed, a[0], call.Sender, new Digest32(), new Digest32(), new Digest32(), a[1], a[2], call.Now);
            if (call.State.Roots.IsEmpty) call.State = call.State with { Since = call.Now };
        });
        On(Publish, (call, a) => call.State = call.State with { Roots = call.State.Roots.SetItem((int)a[0].ToUInt64(), call.State.Roots[(int)a[0].ToUInt64()] with { State = a[1].ToDigest() }) });
        On(FinalityViews.IsFinal, (call, a) => [a[0].ToUInt64() < (ulong)call.State.Roots.Count]);
        On(FinalityViews.StateRoot, (call, a) => [call.State.Roots.ElementAtOrDefault((int)a[0].ToUInt64()).State]);
        On(FinalityViews.ExitRoot, (call, a) => [call.State.Roots.ElementAtOrDefault((int)a[0].ToUInt64()).Exit]);
        On(FinalityViews.LastFinal, (call, _) => [(ulong)Math.Max(0, call.State.Roots.Count - 1), call.State.Since, call.State.Roots.Count > 0]);
    }

    public override object Genesis => new Storage([], 0);

    protected override IReadOnlyList<AbiFunction> Errors => [];

    internal sealed record Storage(ImmutableList<(Digest32 State, Digest32 Exit)> Roots, ulong Since);
}

/// <summary>contracts/test/TestReceiver.sol in process.</summary>
internal sealed class TestReceiverTwin : ContractTwin<TestReceiverTwin.Storage>
{
    public static readonly AbiEvent Told = new("Told(address,uint8,bytes32,bytes)");

    public TestReceiverTwin() => On(MessageRootContract.Receive, (call, a) =>
    {
        call.Require(!a[2].Bytes.IsEmpty, "Deaf");
        call.Emit(Told, call.Sender, a[0], a[1], a[2]);
    });

    public override object Genesis => new Storage();

    protected override IReadOnlyList<AbiFunction> Errors { get; } = [new("Deaf()")];

    internal sealed record Storage;
}
