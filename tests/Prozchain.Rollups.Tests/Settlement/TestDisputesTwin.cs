using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Settlement;

namespace Prozchain.Rollups.Tests.Settlement;

/// <summary>Disputes that end as a test says. In process alone.</summary>
internal sealed class TestDisputesTwin : ContractTwin<TestDisputesTwin.Storage>
{
    /// <summary>Ends one: state chain, batch, dispute, whether a claim won, and which.</summary>
    public static readonly AbiFunction End = new($"end(address,uint64,uint64,bool,{StateChainContract.Claim})");

    public TestDisputesTwin()
    {
        On(TournamentContract.Open, (call, _) =>
        {
            call.State = new Storage(call.State.Count + 1);
            return [call.State.Count - 1];
        }, isPayable: true);
        On(End, (call, a) =>
        {
            call.Call(a[0].ToAddress(), StateChainContract.Settle, 0, a[1], a[2], a[3], a[4]);
        });
    }

    public override object Genesis => new Storage(0);

    protected override IReadOnlyList<AbiFunction> Errors => [];

    internal sealed record Storage(ulong Count);
}
