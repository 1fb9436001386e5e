using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Finality;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.Tests.Evm;
using Prozchain.Rollups.Transition;
using C = Prozchain.Rollups.Evm.FinalityPolicyContract;

namespace Prozchain.Rollups.Tests.Settlement;

/// <summary>The table of what waits for a proof, on the settlement layer as in the library.</summary>
public abstract class FinalityPolicySuite : SettlementSuite
{
    private static readonly UInt128 s_most = UInt128.MaxValue;

    [Fact]
    public async Task Table_SaysWhatTheLibrarySays()
    {
        var policy = new FinalityPolicy(
            new FinalityRule(EffectKind.Message, 0, 0, FinalityRequirement.Both),
            new FinalityRule(EffectKind.Withdrawal, 7, 0, FinalityRequirement.Prove),
            new FinalityRule(EffectKind.Withdrawal, 0, 1_000, FinalityRequirement.Prove),
            new FinalityRule(EffectKind.Withdrawal, 0, s_most, FinalityRequirement.Both),
            new FinalityRule(EffectKind.Withdrawal, uint.MaxValue, 5, FinalityRequirement.Both));
        AbiValue[] rules = [.. policy.Rules.ToArray().Select(rule => Rule((ulong)rule.Kind, rule.Token, rule.FromValue, (ulong)rule.Requirement))];
        L1Address at = await World.DeployAsync("FinalityPolicy", World.AddressOf(0), AbiValue.List(rules));
        Assert.Equal(5UL, (await World.ReadAsync(at, C.RuleCount))[0].ToUInt64());
        Assert.Equal((1UL, 0UL, s_most, 2UL), await World.ReadAsync(at, C.Rules, 1UL) is var second ? (second[0].ToUInt64(), second[1].ToUInt64(), second[2].ToUInt128(), second[3].ToUInt64()) : default);
        foreach (uint token in (uint[])[0, 1, 7, uint.MaxValue])
            foreach (UInt128 value in (UInt128[])[0, 4, 5, 999, 1_000, s_most - 1, s_most])
                foreach (EffectKind kind in Enum.GetValues<EffectKind>())
                    Assert.Equal((ulong)policy.Requirement(kind, token, value), (await World.ReadAsync(at, C.Requirement, (ulong)kind, (ulong)token, value))[0].ToUInt64());
        // What asks for nothing asks no state chain, and here there is none.
        Assert.Empty((await World.ReadAsync(at, C.Check, 1UL, 0UL, 0UL, 0UL, 999UL)).Items.ToArray());
        Assert.Equal("no reason", await World.RevertAsync(1, at, C.Rules, 0, C.Errors, 5UL));
    }

    [Fact]
    public async Task Table_ThatIsNotInOrder_CannotBeMade()
    {
        AbiValue good = Rule(1, 0, 10, 1);
        Assert.True((await MakeAsync(good, Rule(1, 0, 11, 1), Rule(1, 1, 0, 2), Rule(2, 0, 0, 1))).IsOk);
        Assert.True((await MakeAsync()).IsOk);
        AbiValue[][] bad =
        [
            [Rule(0, 0, 0, 1)], [Rule(3, 0, 0, 1)], [Rule(1, 0, 0, 0)], [Rule(1, 0, 0, 3)], [Rule(2, 1, 0, 1)], [Rule(2, 0, 1, 1)],
            [good, good], [good, Rule(1, 0, 9, 1)], [Rule(1, 0, 10, 2), Rule(1, 0, 11, 1)], [Rule(1, 1, 0, 1), good], [Rule(2, 0, 0, 1), good],
            [.. Enumerable.Range(0, 33).Select(token => Rule(1, (uint)token, 0, 1))],
        ];
        foreach (AbiValue[] rules in bad) Assert.False((await MakeAsync(rules)).IsOk);
        Assert.True((await MakeAsync([.. Enumerable.Range(0, 32).Select(token => Rule(1, (uint)token, 0, 1))])).IsOk);
    }

    protected override Task PrepareAsync() => Task.CompletedTask;

    private static AbiValue Rule(ulong kind, uint token, UInt128 fromValue, ulong requirement) => AbiValue.List(kind, (ulong)token, fromValue, requirement);

    private Task<ChainReceipt> MakeAsync(params AbiValue[] rules) => World.CreateAsync("FinalityPolicy", World.AddressOf(0), AbiValue.List(rules));
}

public sealed class FinalityPolicyInProcessTests : FinalityPolicySuite
{
    protected override Task<SettlementWorld> StartAsync() => Task.FromResult<SettlementWorld>(new InProcessWorld());
}

[Collection(AnvilCollection.Name)]
public sealed class FinalityPolicyOnAnvilTests(AnvilFixture fixture) : FinalityPolicySuite
{
    protected override async Task<SettlementWorld> StartAsync() => await AnvilWorld.StartAsync(fixture);
}
