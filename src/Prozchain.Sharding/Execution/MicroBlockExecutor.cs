using Prozchain.Sharding.State;

namespace Prozchain.Sharding.Execution;

/// <summary>
/// Executes micro-blocks of one shard: credits first, then the transactions, with the result of executing them one after
/// the other in the order of the block, whatever the degree of parallelism. Executes one block at a time and, once warm,
/// allocates nothing. The outcome and all that it hands out are valid until the next block.
/// </summary>
/// <remarks>
/// <para>
/// Serial by default, as a host has one shard a core. In parallel, a run of transactions with declared cells is parted
/// into groups that share no written cell, and the groups go to whichever thread is free. A run of transactions without
/// declaration is executed in windows: at first all at once against the state before the window, with what they touched
/// recorded; then, in order, each is taken over if nothing that it touched has changed since, and executed again if it
/// has. So each is executed twice at most; while more than half of a window is, the next stretch is executed serially.
/// </para>
/// <para>A state that is read in parallel must allow concurrent reads.</para>
/// </remarks>
/// <typeparam name="TTransition">What transactions mean; a struct for speed.</typeparam>
public sealed class MicroBlockExecutor<TTransition> : IDisposable where TTransition : IShardTransition
{
    private readonly ExecutionLimits _limits;
    private readonly TransactionRunner<TTransition> _runner;
    private readonly ParallelSchedule<TTransition> _schedule;
    private readonly StoreCells _store = new();
    private readonly BlockCells<TTransition> _cells;

    /// <summary>Makes an executor.</summary>
    /// <param name="transition">What transactions mean.</param>
    /// <param name="limits">Rules of the chain; null for the defaults.</param>
    /// <param name="maxDegreeOfParallelism">Threads that work on one block, the caller's included; 1 is serial.</param>
    public MicroBlockExecutor(TTransition transition, ExecutionLimits? limits = null, int maxDegreeOfParallelism = 1)
    {
        ArgumentNullException.ThrowIfNull(transition);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxDegreeOfParallelism, 1);
        _limits = limits ?? new ExecutionLimits();
        _runner = new TransactionRunner<TTransition>(transition, new CellTable());
        _schedule = new ParallelSchedule<TTransition>(_runner, maxDegreeOfParallelism);
        _cells = new BlockCells<TTransition>(_runner, _schedule.Lanes[0]);
    }

    /// <summary>What the last block did.</summary>
    public MicroBlockOutcome Outcome { get; } = new();

    /// <summary>Tests: another order of work that nobody may be able to tell.</summary>
    internal int Disorder { set => _schedule.Disorder = value; }

    /// <summary>A status of a credit of the last body that touched what it may not; 0 for none.</summary>
    internal byte CreditFault => _runner.CreditFault;

    /// <summary>Executes a body. Changes nothing but <see cref="Outcome"/>: the state takes its writes when its block is final.</summary>
    /// <param name="block">The block.</param>
    /// <param name="body">What it holds. Signatures, records and the heads of bundles are the caller's matter.</param>
    /// <param name="state">The shard's state after the block before.</param>
    /// <returns>Ok, or why no valid block has this body.</returns>
    public ExecutionResult Execute(in BlockContext block, MicroBlockBody body, IAuthenticatedStore state)
    {
        ArgumentNullException.ThrowIfNull(body);
        ArgumentNullException.ThrowIfNull(state);
        _store.Store = state;
        ExecutionResult result = Execute(block, body, _store);
        _store.Store = null;
        return result;
    }

    /// <summary>Ends the executor's threads.</summary>
    public void Dispose() => _schedule.Dispose();

    /// <summary>What a transaction of the last body sent, each receipt with its value (8) before it.</summary>
    internal ReadOnlySpan<byte> ReceiptsOf(int transaction)
    {
        ref readonly TransactionPlan plan = ref _runner.Plans[transaction];
        return _schedule.Lanes[plan.Lane].Receipts.Slice(plan.ReceiptsAt, plan.ReceiptsLength);
    }

    /// <summary>True if a transaction of the last body failed and nothing of it stayed.</summary>
    internal bool LeftNothing(int transaction) => _runner.Plans[transaction].LeftNothing;

    /// <summary>Executes a body. With a frame, that says what happens before and after the transactions, credits included.</summary>
    internal ExecutionResult Execute(in BlockContext block, MicroBlockBody body, ICellSource state, IBlockFrame? frame = null)
    {
        Outcome.Clear();
        _runner.Table.Reset(state);
        _runner.Begin(block, body);
        _schedule.Declare();
        ExecutionResult result = Check(out ulong gasLimit);
        if (!result.IsOk) return result;
        int credited = frame is null ? Credit() : frame.Before(_cells);
        if (credited < 0) return new ExecutionResult(ExecutionFault.Inadmissible, -1, TransactionFault.None);
        if (frame is { HasClaims: true }) _runner.Table.Claims = frame;
        _runner.Resolve(_schedule.Lanes);
        _schedule.Run();
        frame?.After(_cells);
        Outcome.Fill(block, _runner.Table, _runner.Plans, _schedule.Lanes, new BlockCounters
        {
            Transactions = body.TransactionCount, BodyBytes = body.Encoded.Length, GasLimit = gasLimit, ReceiptsIn = credited,
        }, hasRoot: frame is null);
        return result;
    }

    private ExecutionResult Check(out ulong gasLimit)
    {
        gasLimit = 0;
        ReadOnlySpan<TransactionPlan> plans = _runner.Plans;
        for (int i = 0; i < plans.Length; i++)
        {
            if (plans[i].Fault != TransactionFault.None) return new ExecutionResult(ExecutionFault.BadTransaction, i, plans[i].Fault);
            if (plans[i].GasLimit > _limits.BlockGas - gasLimit) return new ExecutionResult(ExecutionFault.OverGasLimit, i, TransactionFault.None);
            gasLimit += plans[i].GasLimit;
        }
        return ExecutionResult.Ok;
    }

    // A bundle that was sent to a shard since split reaches both heirs, and each credits what is its own.
    private int Credit()
    {
        int credited = 0;
        for (int i = 0; i < _runner.Body.BundleCount; i++)
        {
            var receipts = new ReceiptList(_runner.Body.BundleReceipts(i));
            while (receipts.MoveNext())
            {
                if (!_runner.Block.IsLocal(receipts.Cell)) continue;
                _runner.Credit(_schedule.Lanes[0], receipts.Cell, receipts.Payload);
                credited++;
            }
        }
        return credited;
    }
}
