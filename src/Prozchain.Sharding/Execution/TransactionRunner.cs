namespace Prozchain.Sharding.Execution;

/// <summary>
/// One item of a block at a time, on a lane: the part of execution that every schedule shares. Calls of the transition
/// are direct where it is a struct.
/// </summary>
internal sealed class TransactionRunner<TTransition>(TTransition transition, CellTable table) where TTransition : IShardTransition
{
    public const int CreditVersion = 1;

    // Cells that are fetched ahead: what they need fits into the nearest caches.
    private const int FetchedCells = 64;

    private BlockContext _block;
    private TransactionPlan[] _plans = [];
    private int[] _declared = new int[64];
    private int _declaredCount;

    public MicroBlockBody Body { get; private set; } = new();

    public CellTable Table { get; } = table;

    /// <summary>For a lane of its own.</summary>
    public SenderCells MakeSenders() => SenderCells.Of(transition);

    public ref readonly BlockContext Block => ref _block;

    /// <summary>What a credit of this body did that it may not; such a write is dropped.</summary>
    public byte CreditFault { get; private set; }

    public Span<TransactionPlan> Plans => _plans.AsSpan(0, Body.TransactionCount);

    public ReadOnlySpan<int> DeclaredCells => _declared.AsSpan(0, _declaredCount);

    public void Begin(in BlockContext block, MicroBlockBody body)
    {
        _block = block;
        Body = body;
        _declaredCount = 0;
        CreditFault = 0;
        if (_plans.Length < body.TransactionCount) _plans = new TransactionPlan[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)body.TransactionCount)];
    }

    /// <summary>Reads the declarations of some transactions into the lane.</summary>
    public void Declare(ExecutionLane lane, int from, int to)
    {
        for (int i = from, group = from; i < to; i++)
        {
            if (i == group)
            {
                group = Math.Min(to, i + SenderCells.Group);
                lane.Senders.Begin();
                for (int next = i; next < group; next++) lane.Senders.Add(Body.Transaction(next));
                lane.Senders.End();
            }
            int first = lane.Access.Count;
            var access = new AccessDeclaration(lane.Access, lane.Senders[(i - from) % SenderCells.Group]);
            TransactionFault fault = transition.Declare(Body.Transaction(i), _block, ref access);
            if (fault == TransactionFault.None && access.IsBad) fault = TransactionFault.BadDeclaration;
            for (int key = first; key < lane.Access.Count && fault == TransactionFault.None; key++)
                if (!_block.IsLocal(lane.Access.Keys[key])) fault = TransactionFault.ForeignCells;
            _plans[i] = new TransactionPlan
            {
                GasLimit = access.GasLimit, Fault = fault, IsUndeclared = access.IsUndeclared, Lane = lane.Number, CellsAt = first, CellCount = lane.Access.Count - first,
            };
            if (fault != TransactionFault.None) return;
        }
    }

    /// <summary>Turns declared keys into cells, in the order of the block.</summary>
    public void Resolve(ReadOnlySpan<ExecutionLane> lanes)
    {
        int lane = -1, fetched = 0;
        foreach (ref TransactionPlan plan in Plans)
        {
            AccessList access = lanes[plan.Lane].Access;
            if (plan.Lane != lane) (lane, fetched) = (plan.Lane, 0);
            if (plan.CellsAt + plan.CellCount > fetched)
            {
                fetched = Math.Min(plan.CellsAt + FetchedCells, access.Count);
                Table.Source.Fetch(access.Keys.AsSpan(plan.CellsAt, fetched - plan.CellsAt));
            }
            if (_declaredCount + plan.CellCount > _declared.Length) Array.Resize(ref _declared, 2 * (_declaredCount + plan.CellCount));
            int at = _declaredCount;
            for (int i = 0; i < plan.CellCount; i++)
            {
                int cell = Table.Touch(access.Keys[plan.CellsAt + i]);
                bool written = access.Written[plan.CellsAt + i];
                Table[cell].HasWriter |= written;
                _declared[_declaredCount++] = cell << 1 | (written ? 1 : 0);
            }
            plan.CellsAt = at;
        }
    }

    public ulong ValueOf(ReadOnlySpan<byte> payload) => transition.ValueOf(payload);

    /// <summary>Credits a receipt for a cell of this shard.</summary>
    public void Credit(ExecutionLane lane, in Digest cell, ReadOnlySpan<byte> payload)
    {
        lane.Begin(CreditVersion, AccessMode.Credit);
        var cells = new CellView(_block, lane, AccessMode.Credit, default);
        transition.Credit(cell, payload, _block, ref cells);
        if (lane.Fault != 0) CreditFault = lane.Fault;
    }

    /// <summary>Executes a transaction.</summary>
    public void Run(ExecutionLane lane, int index, AccessMode mode)
    {
        ref TransactionPlan plan = ref _plans[index];
        lane.Begin(index + 2, mode);
        plan.Lane = lane.Number;
        plan.ReceiptsAt = lane.Receipts.Length;
        if (Table.Claims is { } claims && IsClaimed(claims, plan))
        {
            (plan.Status, plan.GasUsed, plan.ReceiptsLength, plan.LeftNothing) = (TransactionStatus.ClaimedCell, 0, 0, true);
            return;
        }
        (plan.TouchesAt, plan.WritesAt) = (lane.Speculation.TouchCount, lane.Speculation.WriteCount);
        var cells = new CellView(_block, lane, mode, _declared.AsSpan(plan.CellsAt, plan.CellCount));
        var receipts = new ReceiptSink(_block, lane);
        var gas = new GasMeter(plan.GasLimit);
        byte status = transition.Execute(Body.Transaction(index), _block, ref cells, ref receipts, ref gas);
        if (lane.Fault != 0) status = lane.Fault;
        else if (gas.IsExhausted) status = TransactionStatus.OutOfGas;
        else if (status is 0 or >= TransactionStatus.FirstReserved) status = TransactionStatus.InvalidStatus;
        if (status != TransactionStatus.Applied) lane.RollBack();
        plan.Status = status;
        plan.LeftNothing = status != TransactionStatus.Applied && !lane.HasKept;
        plan.GasUsed = gas.Used;
        plan.ReceiptsLength = lane.Receipts.Length - plan.ReceiptsAt;
        (plan.TouchCount, plan.WriteCount) = (lane.Speculation.TouchCount - plan.TouchesAt, lane.Speculation.WriteCount - plan.WritesAt);
    }

    private bool IsClaimed(IBlockFrame claims, in TransactionPlan plan)
    {
        foreach (int cell in _declared.AsSpan(plan.CellsAt, plan.CellCount))
            if (!((cell & 1) == 1 ? claims.MayWrite(Table[cell >> 1].Key) : claims.MayRead(Table[cell >> 1].Key))) return true;
        return false;
    }

    /// <summary>
    /// Takes over what a transaction speculated, if all that it touched is still at the version that it saw; otherwise
    /// false, and it is to be executed again. For one transaction after the other, in the order of the block.
    /// </summary>
    public bool TryCommit(ReadOnlySpan<ExecutionLane> lanes, int index)
    {
        ref readonly TransactionPlan plan = ref _plans[index];
        SpeculativeLog log = lanes[plan.Lane].Speculation;
        foreach (ref readonly SpeculativeLog.Touched touched in log.Touches(plan.TouchesAt, plan.TouchCount))
            if (Table[Table.Touch(touched.Key)].Version != touched.Version) return false;
        foreach (ref readonly SpeculativeLog.Written written in log.Writes(plan.WritesAt, plan.WriteCount))
        {
            ref Cell cell = ref Table[Table.Touch(written.Key)];
            if (written.Length < 0) CellTable.Remove(ref cell, index + 2);
            else CellTable.Adopt(ref cell, written.Chunk, written.Offset, written.Length, index + 2);
        }
        return true;
    }
}
