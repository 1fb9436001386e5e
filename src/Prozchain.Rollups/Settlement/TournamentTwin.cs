using System.Collections.Immutable;
using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Evm;
using C = Prozchain.Rollups.Evm.TournamentContract;

namespace Prozchain.Rollups.Settlement;

/// <summary>
/// contracts/src/Tournament.sol in process: its storage is the moves that were accepted, which a <see cref="Tournament"/>
/// plays again. So the suite compares the Solidity with the machine that the simulator runs.
/// </summary>
internal sealed class TournamentTwin : ContractTwin<TournamentTwin.Storage>
{
    private readonly L1Address _chain, _vault, _verifier;
    private readonly int _height;
    private readonly TournamentParameters _rules;

    private TournamentTwin(L1Address chain, L1Address vault, L1Address verifier, int height, TournamentParameters rules)
    {
        (_chain, _vault, _verifier, _height, _rules) = (chain, vault, verifier, height, rules);
        On(C.Open, Open, isPayable: true);
        On(C.Join, Join, isPayable: true);
        On(C.Form, Form);
        On(C.Advance, (call, a) => Move(call, a, new AdvanceMove((long)a[1].ToUInt64(), a[2].ToDigest(), a[3].ToDigest(), a[4].ToDigest(), a[5].ToDigest())));
        On(C.Seal, (call, a) => Move(call, a, new SealMove((long)a[1].ToUInt64(), a[2].ToDigest(), a[3].ToDigest(), a[4].ToDigest(), Digests(a[5]))));
        On(C.Step, Step);
        On(C.Timeout, Timeout);
        On(C.Conclude, Conclude);
        On(C.Collect, Collect);
        On(C.GameCount, (call, _) => [(ulong)call.State.Games.Count]);
        On(C.Bond, (_, _) => [_rules.Bond]);
        TournamentViews.Add(this, On);
    }

    public override object Genesis => new Storage([]);

    protected override IReadOnlyList<AbiFunction> Errors => C.Errors;

    /// <summary>From the constructor's arguments; null if it would revert.</summary>
    public static TournamentTwin? Create(AbiValue arguments)
    {
        AbiValue r = arguments[4];
        int height = (int)arguments[3].ToUInt64();
        if (height is < 1 or > Claim.MaxHeight) return null;
        try
        {
            TournamentParameters rules = new TournamentParameters
            {
                ChallengePeriod = r[0].ToUInt64(),
                MatchTime = r[1].ToUInt64(),
                GracePeriod = r[2].ToUInt64(),
                Extension = r[3].ToUInt64(),
                MaxExtensions = (uint)r[4].ToUInt64(),
                GroupSize = (int)r[5].ToUInt64(),
                Bond = r[6].ToUInt128(),
                AnswerCost = r[7].ToUInt128(),
                MoveRefund = r[8].ToUInt128(),
            }.Check();
            return new TournamentTwin(arguments[0].ToAddress(), arguments[1].ToAddress(), arguments[2].ToAddress(), height, rules);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>A game as it stands.</summary>
    /// <param name="record">What happened in it.</param>
    /// <param name="check">Judges steps that are tried from now on; those of the past were right.</param>
    internal Tournament Replay(Record record, StepCheck? check = null)
    {
        bool isPast = true;
        StepVerdict Judge(in Digest32 preRoot, in Digest32 postRoot, ulong step, ReadOnlySpan<byte> witness) =>
            isPast || check is null ? StepVerdict.Confirmed : check(preRoot, postRoot, step, witness);

        var tournament = new Tournament(_rules, record.StartLeaf, 1UL << _height, Judge, new BondVault(0, 0), record.OpenedAt);
        foreach ((JoinMove join, L1Address poster) in record.Entrants) tournament.Enter(join, poster);
        foreach ((TournamentMove move, L1Address sender, ulong now) in record.Moves) tournament.Apply(move, sender, now);
        isPast = false;
        return tournament;
    }

    internal static Record Known(TwinCall<Storage> call, ulong id)
    {
        call.Require(id < (ulong)call.State.Games.Count, "NoGame", id);
        return call.State.Games[(int)id];
    }

    private static Digest32[] Digests(AbiValue list)
    {
        var digests = new Digest32[list.Items.Length];
        for (int i = 0; i < digests.Length; i++) digests[i] = list[i].ToDigest();
        return digests;
    }

    private static JoinMove Entry(AbiValue claim) => new(new Claim(Hashing.Pair(claim[0].ToDigest(), claim[1].ToDigest()), claim[2].ToDigest()), claim[0].ToDigest(), claim[1].ToDigest(), default, 0);

    // Applies a move and remembers it if it counts; reverts with the fault's name else.
    private Tournament Apply(TwinCall<Storage> call, ulong id, TournamentMove move, StepCheck? check = null)
    {
        Record record = Known(call, id);
        Tournament tournament = Replay(record, check);
        TournamentResult result = tournament.Apply(move, call.Sender, call.Now);
        call.Require(result == TournamentResult.Accepted, result.ToString());
        call.State = new Storage(call.State.Games.SetItem((int)id, record with { Moves = record.Moves.Add((move, call.Sender, call.Now)) }));
        return tournament;
    }

    private AbiValue[] Open(TwinCall<Storage> call, AbiValue a)
    {
        call.Require(call.Sender == _chain, "NotChain", call.Sender);
        call.Require(call.Value == 2 * _rules.Bond, "WrongBond");
        var id = (ulong)call.State.Games.Count;
        (JoinMove first, JoinMove rival) = (Entry(a[5]), Entry(a[7]));
        call.Emit(C.Opened, id, a[0], a[2], a[3], a[4]);
        call.Emit(C.Joined, id, 0UL, a[6], first.Left, first.Right, first.Claim.FinalRoot);
        call.Require(first.Claim.Root != rival.Claim.Root, "DuplicateClaim");
        call.Emit(C.Joined, id, 1UL, a[8], rival.Left, rival.Right, rival.Claim.FinalRoot);
        var record = new Record(a[0].ToUInt64(), a[1].ToDigest(), a[2].ToDigest(), a[3].ToDigest(), a[4].ToUInt64(), [(first, a[6].ToAddress()), (rival, a[8].ToAddress())], []);
        call.State = new Storage(call.State.Games.Add(record));
        return [id];
    }

    private void Join(TwinCall<Storage> call, AbiValue a)
    {
        JoinMove join = Entry(AbiValue.List(a[1], a[2], a[3])) with { Opening = Digests(a[4]), Value = call.Value };
        Tournament tournament = Apply(call, a[0].ToUInt64(), join);
        call.Emit(C.Joined, a[0], (ulong)tournament.Claims.Count - 1, call.Sender, a[1], a[2], a[3]);
    }

    private void Form(TwinCall<Storage> call, AbiValue a)
    {
        Tournament tournament = Apply(call, a[0].ToUInt64(), new FormMove((int)Math.Min(a[1].ToUInt64(), int.MaxValue)));
        call.Emit(C.Formed, a[0], (ulong)tournament.Rounds, (ulong)tournament.Matches);
    }

    private void Move(TwinCall<Storage> call, AbiValue a, TournamentMove move)
    {
        Tournament tournament = Apply(call, a[0].ToUInt64(), move);
        TournamentMatch match = tournament.OpenMatches.First(each => each.Id == (long)a[1].ToUInt64());
        call.Emit(C.Moved, a[0], a[1], (ulong)match.Level, match.Position);
    }

    private void Step(TwinCall<Storage> call, AbiValue a)
    {
        Digest32 head = Known(call, a[0].ToUInt64()).BatchHead;
        StepVerdict Ask(in Digest32 preRoot, in Digest32 postRoot, ulong step, ReadOnlySpan<byte> witness) =>
            call.Call(_verifier, StepJudgeContract.Step, 0, preRoot, postRoot, step, head, AbiValue.Of(witness.ToArray()))[0].ToBool() ? StepVerdict.Confirmed : StepVerdict.Unreadable;

        Apply(call, a[0].ToUInt64(), new StepMove((long)a[1].ToUInt64(), a[2].ToBool(), a[3].Bytes), Ask);
        call.Emit(C.Stepped, a[0], a[1], a[2]);
    }

    private void Timeout(TwinCall<Storage> call, AbiValue a)
    {
        Apply(call, a[0].ToUInt64(), new TimeoutMove((long)a[1].ToUInt64()));
        call.Emit(C.TimedOut, a[0], a[1]);
    }

    private void Conclude(TwinCall<Storage> call, AbiValue a)
    {
        ulong id = a[0].ToUInt64();
        Tournament tournament = Apply(call, id, new ConcludeMove());
        Record record = Known(call, id);
        TournamentClaim? winner = tournament.Winner;
        call.Emit(C.Concluded, id, winner is not null, (ulong)(winner?.Id ?? 0));
        AbiValue claim = winner is null
            ? StateChainContract.ClaimOf(default, default, default, default, default, 0)
            : StateChainContract.ClaimOf(record.Parent, winner.Left, winner.Right, winner.Claim.FinalRoot, winner.Poster, record.OpenedAt);
        call.Call(_chain, StateChainContract.Settle, 0, record.Batch, id, winner is not null, claim);
        call.Pay(L1Address.Burned, tournament.Vault.Burned);
    }

    private void Collect(TwinCall<Storage> call, AbiValue a)
    {
        ulong id = a[0].ToUInt64();
        call.Require(id < (ulong)call.State.Games.Count, "NothingToDo");
        L1Address account = a[1].ToAddress();
        UInt128 before = Replay(call.State.Games[(int)id]).Vault[account].Amount;
        UInt128 due = Apply(call, id, new CollectMove(account)).Vault[account].Amount - before;
        call.Emit(C.Collected, id, account, due);
        call.Call(_vault, BondVaultContract.Credit, due, account);
    }

    internal sealed record Record(
        ulong Batch,
        Digest32 Parent,
        Digest32 StartLeaf,
        Digest32 BatchHead,
        ulong OpenedAt,
        ImmutableList<(JoinMove Join, L1Address Poster)> Entrants,
        ImmutableList<(TournamentMove Move, L1Address Sender, ulong Now)> Moves);

    internal sealed record Storage(ImmutableList<Record> Games);
}
