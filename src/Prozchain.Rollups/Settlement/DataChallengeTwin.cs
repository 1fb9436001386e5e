using System.Collections.Immutable;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Evm;
using C = Prozchain.Rollups.Evm.DataChallengeContract;

namespace Prozchain.Rollups.Settlement;

/// <summary>contracts/src/DataChallenge.sol in process.</summary>
internal sealed class DataChallengeTwin : ContractTwin<DataChallengeTwin.Storage>
{
    private readonly L1Address _inbox;
    private readonly ulong _challengeWindow, _responseWindow;
    private readonly UInt128 _bond;

    private DataChallengeTwin(L1Address inbox, ulong challengeWindow, ulong responseWindow, UInt128 bond)
    {
        (_inbox, _challengeWindow, _responseWindow, _bond) = (inbox, challengeWindow, responseWindow, bond);
        On(C.Challenge, (call, a) => Challenge(call, a[0].ToUInt64(), a[1], a[2].ToUInt64()), isPayable: true);
        On(C.Answer, (call, a) => Answer(call, a[0].ToUInt64(), a[1].ToUInt64(), a));
        On(C.Expire, (call, a) => Expire(call, a[0].ToUInt64(), a[1].ToUInt64()));
        On(C.Collect, (call, _) => Collect(call));
        On(C.IsWithheld, (call, a) => [call.State.Withheld.Contains(a[0].ToUInt64())]);
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

    private void Challenge(TwinCall<Storage> call, ulong number, AbiValue fields, ulong index)
    {
        call.Require(call.Value == _bond, "WrongBond", _bond, call.Value);
        Digest32 head = call.Call(_inbox, InboxContract.BatchHeads, 0, number)[0].ToDigest();
        call.Require(head == InboxContract.HeadOf(number, fields), "WrongBatch");
        call.Require(fields[1].ToUInt64() == (ulong)InboxDataKind.Certified, "NotOffChain", fields[1]);
        ulong last = checked(fields[6].ToUInt64() + _challengeWindow);
        call.Require(call.Now <= last, "TooLate", last);
        call.Require(!call.State.Challenges.ContainsKey((number, index)), "AlreadyChallenged", number, index);
        var open = new Open(call.Sender, checked(call.Now + _responseWindow), false, fields[2].ToDigest());
        call.State = call.State with { Challenges = call.State.Challenges.Add((number, index), open) };
        call.Emit(C.Challenged, number, index, call.Sender, open.Commitment, open.Deadline);
    }

    private void Answer(TwinCall<Storage> call, ulong number, ulong index, AbiValue a)
    {
        Open open = Running(call, number, index);
        call.Require(call.Now <= open.Deadline, "TooLate", open.Deadline);
        ulong length = a[2].ToUInt64();
        Digest32 root = a[3].ToDigest();
        call.Require(ChunkCommitment.Commit(length, root) == open.Commitment, "WrongCommitment");
        var siblings = new Digest32[a[5].Items.Length];
        for (int i = 0; i < siblings.Length; i++) siblings[i] = a[5][i].ToDigest();
        call.Require(index >= ChunkCommitment.CountOf(length) || ChunkCommitment.VerifyChunk(length, root, index, a[4].Bytes.Span, siblings), "WrongChunk");
        Close(call, number, index, open, call.Sender);
        call.Emit(C.Answered, number, index, call.Sender);
    }

    private void Expire(TwinCall<Storage> call, ulong number, ulong index)
    {
        Open open = Running(call, number, index);
        call.Require(call.Now > open.Deadline, "TooEarly", open.Deadline);
        Close(call, number, index, open, open.Challenger);
        if (call.State.Withheld.Contains(number)) return;
        call.State = call.State with { Withheld = call.State.Withheld.Add(number) };
        call.Emit(C.Withheld, number, index);
    }

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

    internal sealed record Storage(ImmutableDictionary<(ulong Batch, ulong Index), Open> Challenges, ImmutableHashSet<ulong> Withheld, ImmutableDictionary<L1Address, UInt128> Owed);
}
