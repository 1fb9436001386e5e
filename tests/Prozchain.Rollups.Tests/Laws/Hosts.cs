using Prozchain.Rollups.Ports;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups.Tests.Laws;

/// <summary>
/// Any transition, run over each host at once: the native one, a recording one before it, and a stateless one over what
/// that recorded. They must agree on all there is.
/// </summary>
internal abstract class Hosts<TTransaction>(IStateTransition<TTransaction> transition, BatchContext context)
{
    /// <summary>The native state.</summary>
    public abstract IStateView View { get; }

    /// <summary>Number of keys.</summary>
    public abstract int Count { get; }

    /// <summary>Effects since <see cref="Begin"/>.</summary>
    public EffectLog Effects { get; } = new();

    public BatchContext Context { get; private set; } = context;

    public void Begin(in BatchContext next)
    {
        Context = next;
        Effects.Begin(next);
    }

    public TransitionOutcome Apply(TTransaction transaction) => Apply(transaction, IsAuthentic(transaction));

    public TransitionOutcome Apply(TTransaction transaction, bool isAuthentic) => Run((view, effects) => transition.Apply(transaction, isAuthentic, Context, view, effects));

    public bool IsAuthentic(TTransaction transaction)
    {
        var authentic = new bool[1];
        transition.Authenticate([transaction], authentic);
        return authentic[0];
    }

    public TransitionOutcome Inbound(InboundMessage message) => Run((view, effects) => transition.ApplyInbound(message, Context, view, effects));

    /// <summary>Every key with its value.</summary>
    public abstract Dictionary<Digest32, byte[]> All();

    public abstract Digest32 Root();

    protected abstract TransitionOutcome Run(Func<IStateView, EffectLog, TransitionOutcome> step);
}

/// <summary>Such hosts over one hash of the tree.</summary>
internal sealed class Hosts<TTransaction, THash>(IStateTransition<TTransaction> transition, BatchContext context) : Hosts<TTransaction>(transition, context)
    where THash : IStateHash
{
    private readonly EffectLog _recorded = new(), _stateless = new();

    public StateStore<THash> State { get; } = new();

    public override IStateView View => State;

    public override int Count => State.Count;

    public override Digest32 Root() => State.Root();

    public override Dictionary<Digest32, byte[]> All()
    {
        var all = new Dictionary<Digest32, byte[]>();
        for (int i = 0; i < State.Count; i++) all.Add(new Digest32(State.Leaves[i].Key), State.Leaves.Value(i).ToArray());
        return all;
    }

    protected override TransitionOutcome Run(Func<IStateView, EffectLog, TransitionOutcome> step)
    {
        Digest32 before = State.Root();
        var recording = new RecordingState<THash>(State);
        _recorded.Begin(Context);
        TransitionOutcome recorded = step(recording, _recorded);
        Assert.Equal(before, State.Root());
        StateWitness witness = recording.Witness()!;

        int from = Effects.Count;
        TransitionOutcome native = step(State, Effects);
        Assert.True(StatelessState<THash>.TryOpen(before, witness, out StatelessState<THash> part));
        _stateless.Begin(Context);
        TransitionOutcome stateless = step(part, _stateless);

        Assert.Equal(native, recorded);
        Assert.Equal(native, stateless);
        Assert.Equal(State.Root(), part.Root());
        Assert.Equal(_recorded.ExitRoot(), _stateless.ExitRoot());
        Assert.Equal(Effects.Count - from, _stateless.Count);
        for (int i = from; i < Effects.Count; i++) Assert.Equal(Effects[i] with { PayloadStart = 0 }, _stateless[i - from] with { PayloadStart = 0 });
        Assert.NotEqual(TransitionStatus.MissingState, native.Status);
        if (native.Status.IsValid()) return native;
        Assert.Equal(before, State.Root());
        Assert.True(native.Status == TransitionStatus.SentBack || Effects.Count == from);
        return native;
    }
}
