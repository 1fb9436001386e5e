using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Evm;
using Prozchain.Shared;
using C = Prozchain.Rollups.Evm.StepJudgeContract;

namespace Prozchain.Rollups.Settlement;

/// <summary>contracts/src/StepJudge.sol in process.</summary>
internal sealed class StepJudgeTwin : ContractTwin<StepJudgeTwin.Storage>
{
    private readonly L1Address _verifier, _bridge, _challenges;

    private StepJudgeTwin(L1Address verifier, L1Address bridge, L1Address challenges)
    {
        (_verifier, _bridge, _challenges) = (verifier, bridge, challenges);
        On(C.Step, (call, arguments) => [Step(call, arguments)]);
        On(C.Verifier, (_, _) => [_verifier]);
        On(C.Bridge, (_, _) => [_bridge]);
        On(C.Challenges, (_, _) => [_challenges]);
    }

    public override object Genesis => new Storage();

    protected override IReadOnlyList<AbiFunction> Errors => C.Errors;

    /// <summary>From the constructor's arguments.</summary>
    public static StepJudgeTwin Create(AbiValue arguments) => new(arguments[0].ToAddress(), arguments[1].ToAddress(), arguments[2].ToAddress());

    private static void Check(TwinCall<Storage> call, AbiValue header, Digest32 head)
    {
        Digest32 got = AbiCodec.Hash(C.Header, header.Items);
        call.Require(got == head, "WrongHeader", head, got);
    }

    private bool Step(TwinCall<Storage> call, AbiValue arguments)
    {
        (Digest32 before, Digest32 after) = (arguments[0].ToDigest(), arguments[1].ToDigest());
        if (AbiCodec.TryDecode(C.Opening, arguments[4].Bytes, out AbiValue witness) != AbiReadResult.Ok) throw new ContractRevert([]);
        AbiValue opening = witness[0], header = opening[0], list = opening[2], step = opening[6];
        if (step[1].ToUInt64() > (ulong)StepKind.Close) throw new ContractRevert([]);
        Check(call, header, arguments[3].ToDigest());
        ulong taken = 0;
        if (header[0].ToDigest() != default)
        {
            Check(call, opening[1], header[0].ToDigest());
            taken = opening[1][4].ToUInt64();
        }
        call.Require(AbiCodec.Hash(C.List, list.Items) == header[3].ToDigest(), "WrongList");
        ulong forced = checked(header[4].ToUInt64() - taken), index = arguments[2].ToUInt64();
        bool isWithheld = !_challenges.IsZero && call.Call(_challenges, DataChallengeContract.IsWithheld, 0, header[1])[0].ToBool();
        UInt128 end = (UInt128)forced + (isWithheld ? 0 : list[2].ToUInt64());
        var item = new StepItem((StepKind)step[1].ToUInt64(), step[2].Bytes);
        if (index < forced) CheckForced(call, opening, item, forced - index);
        else if (index < end) CheckListed(call, opening, item, index - forced);
        else if (index > end) return before == after;
        else call.Require(item.Kind == StepKind.Close, "WrongKind");
        return call.Call(_verifier, StepVerifierContract.Prove, 0, before, item.Digest(), header[1], list[3], index == 0, step)[0].ToDigest() == after;
    }

    private void CheckForced(TwinCall<Storage> call, AbiValue opening, StepItem item, ulong depth)
    {
        ReadOnlySpan<AbiValue> links = opening[3].Items;
        call.Require((ulong)links.Length == depth, "WrongLink", (ulong)links.Length);
        Digest32 head = opening[0][5].ToDigest();
        for (int i = 0; i < links.Length; i++)
        {
            call.Require(AbiCodec.Hash(C.Link, links[i].Items) == head, "WrongLink", (ulong)i);
            head = links[i][0].ToDigest();
        }
        L1Address sender = opening[4].ToAddress();
        bool isDeposit = sender == _bridge;
        call.Require(item.Kind == (isDeposit ? StepKind.Deposit : StepKind.ForcedPayment), "WrongKind");
        call.Require(InboxContract.ItemOf(sender, item.Data.Span) == links[^1][1].ToDigest(), "WrongLink", depth);
    }

    private static void CheckListed(TwinCall<Storage> call, AbiValue opening, StepItem item, ulong place)
    {
        call.Require(item.Kind == StepKind.Payment, "WrongKind");
        var path = new Digest32[opening[5].Items.Length];
        for (int i = 0; i < path.Length; i++) path[i] = opening[5][i].ToDigest();
        ulong count = opening[2][2].ToUInt64();
        bool isThere = count <= 1UL << Claim.MaxHeight && Claim.VerifyOpening(opening[2][1].ToDigest(), Claim.HeightOf(count), place, item.Digest(), path);
        call.Require(isThere, "WrongPath");
    }

    internal sealed record Storage;
}
