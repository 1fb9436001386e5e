using Prozchain.Rollups.Ports;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups.Disputes;

/// <summary>
/// The steps of one batch played again for proofs of single ones: it goes to a step, from wherever it is, over a state of its
/// own. Not thread-safe.
/// </summary>
internal sealed class StepReplay<THash> where THash : IStateHash
{
    private readonly PaymentStep<THash> _steps;
    private readonly StateStore<THash> _state;
    private readonly BatchContext _context;
    private readonly StepItem[] _items;
    private readonly int _forced;
    private readonly EffectLog _effects = new();
    private readonly List<(long Mark, int Said, ResourceUse Used)> _before = [];
    private ResourceUse _used;
    private StepMachine _begin, _afterForced;
    private int _at;

    /// <summary>Starts before the first step.</summary>
    /// <param name="steps">Executes them.</param>
    /// <param name="state">The state before the batch, from which on it keeps what it undoes.</param>
    /// <param name="context">The batch.</param>
    /// <param name="items">Its steps, Close last.</param>
    /// <param name="forced">How many of them are forced.</param>
    public StepReplay(PaymentStep<THash> steps, StateStore<THash> state, in BatchContext context, StepItem[] items, int forced)
    {
        (_steps, _state, _context, _items, _forced) = (steps, state, context, items, forced);
        _begin = _afterForced = StepMachine.Begin(state.Root());
        _effects.Begin(context);
    }

    /// <summary>Number of steps.</summary>
    public int Count => _items.Length;

    /// <summary>The step at a position.</summary>
    public StepItem this[int step] => _items[step];

    /// <summary>The proof of a step; of one beyond the end, that of the last.</summary>
    public StepProof Prove(ulong step)
    {
        var target = (int)Math.Min(step, (ulong)_items.Length - 1);
        if (target < _at)
        {
            (long mark, int said, _used) = _before[target];
            _state.Revert(mark);
            _effects.Revert(said);
            _before.RemoveRange(target, _at - target);
            _at = target;
        }
        for (; _at < target; _at++)
        {
            if (_at == _forced) _afterForced = Machine();
            _before.Add((_state.Mark(), _effects.Mark(), _used));
            _used = _steps.Advance(_state, _effects, _used, _items[_at], _context);
        }
        return _steps.Prove(_state, _effects, Machine(), _items[_at], _context);
    }

    // After the forced items, and only then, their roots stay behind.
    private StepMachine Machine()
    {
        StepMachine now = _begin with { StateRoot = _state.Root(), ExitRoot = _effects.ExitRoot(), Exits = (ulong)_effects.Count, Used = _used };
        return _at > _forced ? now with { ForcedRoot = _afterForced.StateRoot, ForcedExits = _afterForced.ExitRoot } : now with { ForcedRoot = now.StateRoot, ForcedExits = now.ExitRoot };
    }
}
