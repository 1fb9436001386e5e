using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Finality;
using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups.Tests.Finality;

/// <summary>A lane with claims of eight transactions in segments of two, and evidence whose first byte says whether it is valid.</summary>
public abstract class FinalityTest
{
    protected const ulong Day = 86_400, Steps = 8;
    protected static readonly byte[] Valid = [1];

    private protected static FinalityParameters Parameters(FinalityMode mode, int agreeing = 1) => new()
    {
        Mode = mode,
        SegmentSteps = 2,
        AgreeingSystems = agreeing,
        Policy = new FinalityPolicy(
            new FinalityRule(EffectKind.Withdrawal, 0, 1_000, FinalityRequirement.Prove),
            new FinalityRule(EffectKind.Withdrawal, 0, 1_000_000, FinalityRequirement.Both),
            new FinalityRule(EffectKind.Message, 0, 0, FinalityRequirement.Both)),
    };

    private protected static FinalityLane Lane(FinalityParameters parameters) => new(parameters, Exit(parameters), World.Root(0),
        static (EvidenceKind _, int _, in SegmentRange _, in Digest32 _, in Digest32 _, ReadOnlySpan<byte> proof) => proof.SequenceEqual(Valid), 0);

    private protected static ExitDelay Exit(FinalityParameters parameters) => parameters.Mode == FinalityMode.Validity
        ? ExitDelay.ForValidity(parameters, Day, Day)
        : ExitDelay.ForDisputes(parameters, TournamentParameters.Dave, 16, Day, Day);

    private protected static ClaimTree Tree(int seed, int lieAt = -1)
    {
        var tree = new ClaimTree(3);
        for (int i = 0; i < (int)Steps; i++) tree.Append(World.Root(100 * seed + i + (lieAt >= 0 && i >= lieAt ? 50 : 0)));
        return tree;
    }

    private protected static FinalityResult Prove(FinalityLane lane, int claim, ClaimTree tree, int segment, ulong now, EvidenceKind kind = EvidenceKind.ValidityProof, int system = 0, Digest32? proven = null)
    {
        ProofTarget target = ProofTarget.At(lane.Parameters, lane.Claims[claim].StartRoot, tree, segment);
        return lane.Prove(claim, target.Submit(tree, kind, system, proven ?? target.PostRoot, Valid), now);
    }

    private protected static void Propose(FinalityLane lane, int? parent, ClaimTree tree, ulong now) => Assert.Equal(FinalityResult.Accepted, lane.Propose(parent, tree.Claim, Steps, now));
}
