using System.Collections.Immutable;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Evm;
using C = Prozchain.Rollups.Evm.DataChallengeContract;

namespace Prozchain.Rollups.Settlement;

/// <summary>contracts/src/DataChallenge.sol in process.</summary>
internal sealed class DataChallengeTwin : ContractTwin<DataChallengeTwin.Storage>
{
    private const int PieceHeight = 4;

    private readonly L1Address _inbox;
    private readonly ulong _challengeWindow, _responseWindow;
    private readonly UInt128 _bond;

    private DataChallengeTwin(L1Address inbox, ulong challengeWindow, ulong responseWindow, UInt128 bond)
    {
        (_inbox, _challengeWindow, _responseWindow, _bond) = (inbox, challengeWindow, responseWindow, bond);
        On(C.Challenge, (call, a) => Challenge(call, a[0].ToUInt64(), a[1], a[2].ToUInt64()), isPayable: true);
        On(C.ChallengeList, (call, a) => ChallengeList(call, a[0].ToUInt64(), a[1], a[2].ToUInt64()), isPayable: true);
        On(C.Answer, (call, a) => Answer(call, a[0].ToUInt64(), a[1].ToUInt64(), a));
        On(C.AnswerList, (call, a) => AnswerList(call, a[0].ToUInt64(), a[1].ToUInt64(), a));
        On(C.Expire, (call, a) => Expire(call, a[0].ToUInt64(), a[1].ToUInt64()));
        On(C.Collect, (call, _) => Collect(call));
        On(C.ChallengeWindow, (_, _) => [_challengeWindow]);
        On(C.ResponseWindow, (_, _) => [_responseWindow]);
        On(C.Bond, (_, _) => [_bond]);
        On(C.IsWithheld, (call, a) => [IsWithheld(call.State, a[0].ToUInt64())]);
        On(C.Owed, (call, a) => [call.State.Owed.GetValueOrDefault(a[0].ToAddress())]);
    }

    public override object Genesis => new Storage(ImmutableDictionary<(ulong, ulong), Open>.Empty, [], ImmutableDictionary<L1Address, UInt128>.Empty);

    protected override IReadOnlyList<AbiFunction> Errors => C.Errors;

    /// <summary>From the constructor's arguments; null if it would revert.</summary>
    public static DataChallengeTwin? Create(AbiValue arguments)
    {
        ulong challenge = arguments[1].ToUInt64(), response = arguments[2].ToUInt64();
        return challenge < C.LeastWindow || response < C.LeastWindow ? null : new DataChallengeTwin(arguments[0].ToAddress(), challenge, response, arguments[3].ToUInt128());
    }

    // The items' subtree, the last one of the list repeated to its end, and from there up.
    private static bool AreItems(ulong piece, AbiValue list, ReadOnlySpan<AbiValue> items, AbiValue siblings)
    {
        ulong count = list[1].ToUInt64();
        if ((ulong)items.Length != Math.Min(C.Piece, count - piece * C.Piece)) return false;
        int height = Claim.HeightOf(count), low = Math.Min(height, PieceHeight);
        var subtree = new ClaimTree(low);
        foreach (AbiValue item in items)
        {
            if (item.Bytes.Length > C.MaxItemBytes) return false;
            subtree.Append(new StepItem(StepKind.Payment, item.Bytes).Digest());
        }
        return Claim.VerifyOpening(list[0].ToDigest(), height - low, piece, subtree.Node(low, 0), Digests(siblings));
    }

    private static Digest32[] Digests(AbiValue list)
    {
        var digests = new Digest32[list.Items.Length];
        for (int i = 0; i < digests.Length; i++) digests[i] = list[i].ToDigest();
        return digests;
    }

    private void Challenge(TwinCall<Storage> call, ulong number, AbiValue fields, ulong index)
    {
        call.Require(index < C.List, "WrongChunk");
        call.Require(fields[1].ToUInt64() == (ulong)InboxDataKind.Certified, "NotOffChain", fields[1]);
        Begin(call, number, fields, index);
    }

    private void ChallengeList(TwinCall<Storage> call, ulong number, AbiValue fields, ulong piece)
    {
        call.Require(piece < C.List, "WrongItems");
        Begin(call, number, fields, C.List + piece);
    }

    private void Begin(TwinCall<Storage> call, ulong number, AbiValue fields, ulong index)
    {
        call.Require(call.Value == _bond, "WrongBond", _bond, call.Value);
        Digest32 head = call.Call(_inbox, InboxContract.BatchHeads, 0, number)[0].ToDigest();
        call.Require(head == InboxContract.HeadOf(number, fields), "WrongBatch");
        ulong last = checked(fields[6].ToUInt64() + _challengeWindow);
        call.Require(call.Now <= last, "TooLate", last);
        call.Require(!call.State.Challenges.ContainsKey((number, index)), "AlreadyChallenged", number, index);
        var open = new Open(call.Sender, checked(call.Now + _responseWindow), false, fields[2].ToDigest());
        call.State = call.State with { Challenges = call.State.Challenges.Add((number, index), open) };
        call.Emit(C.Challenged, number, index, call.Sender, open.Commitment, open.Deadline);
    }

    private void Answer(TwinCall<Storage> call, ulong number, ulong index, AbiValue a)
    {
        call.Require(index < C.List, "WrongChunk");
        ulong length = a[2].ToUInt64();
        Digest32 root = a[3].ToDigest();
        Close(call, number, index, ChunkCommitment.Commit(length, root), a[4]);
        call.Require(index >= ChunkCommitment.CountOf(length) || ChunkCommitment.VerifyChunk(length, root, index, a[5].Bytes.Span, Digests(a[6])), "WrongChunk");
    }

    private void AnswerList(TwinCall<Storage> call, ulong number, ulong piece, AbiValue a)
    {
        call.Require(piece < C.List, "WrongItems");
        Close(call, number, C.List + piece, a[2].ToDigest(), a[3]);
        ulong count = a[3][1].ToUInt64();
        if (count == 0 || piece > (count - 1) / C.Piece) return;
        call.Require(AreItems(piece, a[3], a[4].Items, a[5]), "WrongItems");
        call.Emit(C.ItemsShown, number, piece, a[4]);
    }

    private void Close(TwinCall<Storage> call, ulong number, ulong index, Digest32 data, AbiValue list)
    {
        Open open = Running(call, number, index);
        call.Require(call.Now <= open.Deadline, "TooLate", open.Deadline);
        call.Require(InboxContract.CommitmentOf(data, list) == open.Commitment, "WrongCommitment");
        Close(call, number, index, open, call.Sender);
        call.Emit(C.Answered, number, index, call.Sender);
    }

    private void Expire(TwinCall<Storage> call, ulong number, ulong index)
    {
        Open open = Running(call, number, index);
        call.Require(call.Now > open.Deadline, "TooEarly", open.Deadline);
        Close(call, number, index, open, open.Challenger);
        if (call.Now > open.Deadline + C.LeastWindow || IsWithheld(call.State, number)) return;
        ulong end = call.Call(_inbox, InboxContract.BatchCount, 0)[0].ToUInt64();
        call.State = call.State with { Withheld = call.State.Withheld.RemoveAll(range => range.First > number).Add((number, end)) };
        call.Emit(C.Withheld, number, index, end);
    }

    private static bool IsWithheld(Storage state, ulong batch) => state.Withheld.Exists(range => range.First <= batch && batch < range.End);

    private static void Collect(TwinCall<Storage> call)
    {
        UInt128 amount = call.State.Owed.GetValueOrDefault(call.Sender);
        call.Require(amount > 0, "Nothing");
        call.State = call.State with { Owed = call.State.Owed.Remove(call.Sender) };
        call.Pay(call.Sender, amount);
    }

    private static Open Running(TwinCall<Storage> call, ulong number, ulong index)
    {
        call.Require(call.State.Challenges.TryGetValue((number, index), out Open? open) && !open.IsClosed, "NotChallenged", number, index);
        return open!;
    }

    private void Close(TwinCall<Storage> call, ulong number, ulong index, Open open, L1Address to) => call.State = call.State with
    {
        Challenges = call.State.Challenges.SetItem((number, index), open with { IsClosed = true }),
        Owed = call.State.Owed.SetItem(to, call.State.Owed.GetValueOrDefault(to) + _bond),
    };

    internal sealed record Open(L1Address Challenger, ulong Deadline, bool IsClosed, Digest32 Commitment);

    internal sealed record Storage(ImmutableDictionary<(ulong Batch, ulong Index), Open> Challenges, ImmutableList<(ulong First, ulong End)> Withheld, ImmutableDictionary<L1Address, UInt128> Owed);
}
