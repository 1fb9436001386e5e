namespace Prozchain.Sharding.Execution;

/// <summary>Who executes what, and when; the result is the same for every answer. Serial with one worker.</summary>
internal sealed class ParallelSchedule<TTransition> : IDisposable where TTransition : IShardTransition
{
    private const int Window = 256, Share = 8;

    private readonly TransactionRunner<TTransition> _runner;
    private readonly WorkerTeam _team;
    private readonly ExecutionLane[] _lanes;
    private readonly ConflictGroups _groups = new();
    private Phase _phase;
    private int _from, _to, _next;

    public ParallelSchedule(TransactionRunner<TTransition> runner, int workers)
    {
        _runner = runner;
        _team = new WorkerTeam(workers, Work);
        // One more than workers: what is executed again must not disturb the log of a worker.
        _lanes = new ExecutionLane[workers + 1];
        for (int i = 0; i < _lanes.Length; i++) _lanes[i] = new ExecutionLane(runner.Table, runner.MakeSenders(), i);
    }

    private enum Phase { Declare, Groups, Speculate }

    public ReadOnlySpan<ExecutionLane> Lanes => _lanes;

    /// <summary>0, or an odd number that turns the order of groups and of speculation upside down and inside out.</summary>
    public int Disorder { get; set; }

    private bool IsSerial => _team.Workers == 1 && Disorder == 0;

    private ExecutionLane Serial => _lanes[^1];

    public void Declare()
    {
        foreach (ExecutionLane lane in _lanes) lane.Reset();
        Start(Phase.Declare, 0, _runner.Body.TransactionCount);
    }

    public void Run()
    {
        ReadOnlySpan<TransactionPlan> plans = _runner.Plans;
        for (int from = 0, to; from < plans.Length; from = to)
        {
            for (to = from + 1; to < plans.Length && plans[to].IsUndeclared == plans[from].IsUndeclared;) to++;
            if (IsSerial) RunSerially(from, to);
            else if (plans[from].IsUndeclared) RunOptimistically(from, to);
            else
            {
                _groups.Build(plans[from..to], _runner.DeclaredCells, _runner.Table.Cells);
                if (_groups.Count == 1) RunSerially(from, to);
                else Start(Phase.Groups, from, to);
            }
        }
    }

    public void Dispose() => _team.Dispose();

    private void RunSerially(int from, int to)
    {
        AccessMode mode = _runner.Plans[from].IsUndeclared ? AccessMode.Undeclared : AccessMode.Declared;
        for (int i = from; i < to; i++) _runner.Run(Serial, i, mode);
    }

    private void RunOptimistically(int from, int to)
    {
        for (int end; from < to; from = end)
        {
            end = Math.Min(to, from + Window);
            foreach (ExecutionLane lane in _lanes) lane.Speculation.Clear();
            Start(Phase.Speculate, from, end);
            int again = 0;
            for (int i = from; i < end; i++)
            {
                if (_runner.TryCommit(_lanes, i)) continue;
                _runner.Run(Serial, i, AccessMode.Undeclared);
                again++;
            }
            if (2 * again <= end - from) continue;
            from = end;
            end = Math.Min(to, from + 4 * Window);
            if (from < end) RunSerially(from, end);
        }
    }

    private void Start(Phase phase, int from, int to)
    {
        (_phase, _from, _to, _next) = (phase, from, to, 0);
        _team.Run();
    }

    private void Work(int worker)
    {
        ExecutionLane lane = _lanes[worker];
        int count = _to - _from;
        if (_phase == Phase.Declare)
        {
            _runner.Declare(lane, (int)((long)count * worker / _team.Workers), (int)((long)count * (worker + 1) / _team.Workers));
            return;
        }
        if (_phase == Phase.Groups) count = _groups.Count;
        while (true)
        {
            int end = Interlocked.Add(ref _next, Share), at = end - Share;
            if (at >= count) return;
            for (end = Math.Min(end, count); at < end; at++) RunUnit(lane, Displaced(at, count));
        }
    }

    private void RunUnit(ExecutionLane lane, int unit)
    {
        if (_phase == Phase.Speculate) { _runner.Run(lane, _from + unit, AccessMode.Speculative); return; }
        foreach (int index in _groups[unit]) _runner.Run(lane, _from + index, AccessMode.Declared);
    }

    // A bijection on 0 to count - 1: odd multiples permute a power of two, and what falls outside is walked on from.
    private int Displaced(int at, int count)
    {
        if (Disorder == 0) return at;
        uint mask = System.Numerics.BitOperations.RoundUpToPowerOf2((uint)count) - 1, to = (uint)at;
        do to = (to * (2 * (uint)Disorder + 1) + (uint)Disorder) & mask; while (to >= (uint)count);
        return (int)to;
    }
}
