using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Finality;
using Prozchain.Rollups.Transition;
using C = Prozchain.Rollups.Evm.FinalityPolicyContract;

namespace Prozchain.Rollups.Settlement;

/// <summary>contracts/src/FinalityPolicy.sol in process.</summary>
internal sealed class FinalityPolicyTwin : ContractTwin<FinalityPolicyTwin.Storage>
{
    private readonly FinalityRule[] _rules;

    private FinalityPolicyTwin(L1Address finality, FinalityRule[] rules)
    {
        _rules = rules;
        On(C.Check, (call, a) =>
        {
            FinalityRequirement needed = Requirement(a[0].ToUInt64(), a[3].ToUInt64(), a[4].ToUInt128());
            if (needed == FinalityRequirement.Optimistic) return;
            AbiValue exit = call.Call(finality, StateChainContract.ProvenExit, 0, a[1], a[2]);
            call.Require(exit[0].ToBool(), "MustBeProven", a[1], a[2]);
            call.Require(needed != FinalityRequirement.Both || call.Now >= exit[1].ToUInt64(), "NotYet", exit[1]);
        });
        On(C.Requirement, (_, a) => [(ulong)Requirement(a[0].ToUInt64(), a[1].ToUInt64(), a[2].ToUInt128())]);
        On(C.RuleCount, (_, _) => [(ulong)rules.Length]);
        On(C.Rules, (_, a) => a[0].ToUInteger() < rules.Length && rules[(int)a[0].ToUInt64()] is var rule
            ? [(ulong)rule.Kind, (ulong)rule.Token, rule.FromValue, (ulong)rule.Requirement]
            : throw new ContractRevert([]));
    }

    public override object Genesis => new Storage();

    protected override IReadOnlyList<AbiFunction> Errors => C.Errors;

    /// <summary>From the constructor's arguments; null if it would revert.</summary>
    public static FinalityPolicyTwin? Create(AbiValue arguments)
    {
        ReadOnlySpan<AbiValue> list = arguments[1].Items;
        if (list.Length > C.MaxRules) return null;
        var rules = new FinalityRule[list.Length];
        for (int i = 0; i < rules.Length; i++)
        {
            AbiValue r = list[i];
            FinalityRule rule = rules[i] = new FinalityRule((EffectKind)r[0].ToUInt64(), (uint)r[1].ToUInt64(), r[2].ToUInt128(), (FinalityRequirement)r[3].ToUInt64());
            bool isKnown = rule.Kind == EffectKind.Withdrawal || rule is { Kind: EffectKind.Message, Token: 0 } && rule.FromValue == 0;
            if (!isKnown || rule.Requirement is not (FinalityRequirement.Prove or FinalityRequirement.Both)) return null;
            if (i == 0) continue;
            FinalityRule last = rules[i - 1];
            bool isSame = (rule.Kind, rule.Token) == (last.Kind, last.Token);
            if (isSame ? rule.FromValue <= last.FromValue || rule.Requirement < last.Requirement : (rule.Kind, rule.Token).CompareTo((last.Kind, last.Token)) <= 0) return null;
        }
        return new FinalityPolicyTwin(arguments[0].ToAddress(), rules);
    }

    private FinalityRequirement Requirement(ulong kind, ulong token, UInt128 value) => FinalityPolicy.Find(_rules, (EffectKind)kind, (uint)token, value);

    internal sealed record Storage;
}
