using System.Collections.Immutable;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Ports;
using C = Prozchain.Rollups.Evm.GuardianContract;

namespace Prozchain.Rollups.Settlement;

/// <summary>contracts/src/Guardian.sol in process.</summary>
internal sealed class GuardianTwin : ContractTwin<GuardianTwin.Storage>
{
    private const ulong PauseKind = 0, UnpauseKind = 1, CallKind = 2, Done = 1;

    private static readonly Action s_none = new([], 0);

    private readonly L1Address _deputy;
    private readonly ImmutableHashSet<L1Address> _members;
    private readonly ulong _timelock;
    private readonly int _quorum;

    private GuardianTwin(L1Address deputy, ImmutableHashSet<L1Address> members, ulong timelock)
    {
        (_deputy, _members, _timelock, _quorum) = (deputy, members, timelock, (members.Count * 3 + 3) / 4);
        On(C.Paused, (call, _) => [call.Now < call.State.PausedUntil]);
        On(C.PausedUntil, (call, _) => [call.State.PausedUntil]);
        On(C.Quorum, (_, _) => [(ulong)_quorum]);
        On(C.Pause, (call, _) => Pause(call));
        On(C.ApprovePause, (call, a) => ApprovePause(call, a[0].ToDigest()));
        On(C.ApproveUnpause, (call, a) => ApproveUnpause(call, a[0].ToDigest()));
        On(C.ApproveCall, (call, a) => ApproveCall(call, a[0].ToAddress(), a[1], a[2].ToDigest()));
        On(C.TakeBack, (call, a) => TakeBack(call, a[0].ToDigest()));
        On(C.Execute, (call, a) => Execute(call, a[0].ToAddress(), a[1], a[2].ToDigest()));
        On(C.ReadyAt, (call, a) => [Of(call, a[0].ToDigest()).ReadyAt]);
        On(C.ActionId, (call, a) => [a[0].ToUInteger() <= CallKind ? Id(call, a[0].ToUInt64(), a[1].ToAddress(), a[2].Bytes.Span, a[3].ToDigest()) : throw new ContractRevert([])]);
    }

    public override object Genesis => new Storage(0, 0, ImmutableDictionary<Digest32, Action>.Empty);

    protected override IReadOnlyList<AbiFunction> Errors => C.Errors;

    /// <summary>From the constructor's arguments; null if it would revert.</summary>
    public static GuardianTwin? Create(AbiValue arguments)
    {
        ImmutableHashSet<L1Address> members = [];
        foreach (AbiValue member in arguments[1].Items) members = members.Add(member.ToAddress());
        bool isSound = members.Count >= C.LeastMembers && members.Count == arguments[1].Items.Length && !members.Contains(default);
        return isSound ? new GuardianTwin(arguments[0].ToAddress(), members, arguments[2].ToUInt64()) : null;
    }

    private static Digest32 Id(TwinCall<Storage> call, ulong kind, L1Address target, ReadOnlySpan<byte> data, Digest32 salt) => C.IdOf(call.Frame.Self, kind, target, data, salt);

    private static Action Of(TwinCall<Storage> call, Digest32 id) => call.State.Actions.GetValueOrDefault(id, s_none);

    private static void Set(TwinCall<Storage> call, Digest32 id, Action action) => call.State = call.State with { Actions = call.State.Actions.SetItem(id, action) };

    private static void Start(TwinCall<Storage> call)
    {
        ulong until = checked(call.Now + C.PauseSeconds);
        call.State = call.State with { PausedUntil = until };
        call.Emit(C.PausedEvent, call.Sender, until);
    }

    private void Pause(TwinCall<Storage> call)
    {
        call.Require(call.Sender == _deputy, "NotDeputy", call.Sender);
        call.Require(call.Now >= call.State.DeputyFrom, "CoolingDown", call.State.DeputyFrom);
        call.State = call.State with { DeputyFrom = checked(call.Now + C.PauseSeconds + C.CooldownSeconds) };
        Start(call);
    }

    private void ApprovePause(TwinCall<Storage> call, Digest32 salt)
    {
        if (Approve(call, Id(call, PauseKind, default, [], salt), Done)) Start(call);
    }

    private void ApproveUnpause(TwinCall<Storage> call, Digest32 salt)
    {
        if (!Approve(call, Id(call, UnpauseKind, default, [], salt), Done)) return;
        call.State = call.State with { PausedUntil = call.Now };
        call.Emit(C.UnpausedEvent);
    }

    private void ApproveCall(TwinCall<Storage> call, L1Address target, AbiValue data, Digest32 salt)
    {
        Digest32 id = Id(call, CallKind, target, data.Bytes.Span, salt);
        ulong ready = checked(call.Now + _timelock);
        if (Approve(call, id, ready)) call.Emit(C.Scheduled, id, target, data, ready);
    }

    private void TakeBack(TwinCall<Storage> call, Digest32 id)
    {
        call.Require(_members.Contains(call.Sender), "NotMember", call.Sender);
        Action action = Of(call, id);
        call.Require(action.By.Contains(call.Sender) && action.ReadyAt != Done, "NotApproved", id);
        action = action with { By = action.By.Remove(call.Sender) };
        bool isOff = action.ReadyAt != 0 && action.By.Count < _quorum;
        Set(call, id, isOff ? action with { ReadyAt = 0 } : action);
        if (isOff) call.Emit(C.CalledOff, id);
    }

    private static void Execute(TwinCall<Storage> call, L1Address target, AbiValue data, Digest32 salt)
    {
        Digest32 id = Id(call, CallKind, target, data.Bytes.Span, salt);
        Action action = Of(call, id);
        call.Require(action.ReadyAt > Done && call.Now >= action.ReadyAt && call.Now <= action.ReadyAt + C.GraceSeconds, "NotReady", action.ReadyAt);
        Set(call, id, action with { ReadyAt = Done });
        call.Emit(C.Executed, id);
        ChainAnswer answer = call.Frame.Call(new ChainCall(target, data.Bytes));
        call.Require(answer.IsOk, "CallFailed", AbiValue.Of(answer.Output));
    }

    // True for the approval that completes the quorum; the action is then ready at a time.
    private bool Approve(TwinCall<Storage> call, Digest32 id, ulong readyAt)
    {
        call.Require(_members.Contains(call.Sender), "NotMember", call.Sender);
        Action action = Of(call, id);
        call.Require(!action.By.Contains(call.Sender) && action.ReadyAt != Done, "AlreadyApproved", id);
        ImmutableHashSet<L1Address> by = action.By.Add(call.Sender);
        bool isComplete = by.Count == _quorum;
        Set(call, id, new Action(by, isComplete ? readyAt : action.ReadyAt));
        call.Emit(C.Approved, id, call.Sender, (ulong)by.Count);
        return isComplete;
    }

    internal sealed record Action(ImmutableHashSet<L1Address> By, ulong ReadyAt);

    internal sealed record Storage(ulong PausedUntil, ulong DeputyFrom, ImmutableDictionary<Digest32, Action> Actions);
}
