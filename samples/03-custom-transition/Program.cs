// A shard transition of one's own, tickets of events, tested in the simulator: an event's shard sells and closes, a wallet's shard keeps
// and gives back, and receipts carry tickets between them. Runs seeds under faults; then the same with a bug that only a fault brings out,
// which is found, shrunk to the faults it takes, and replayed.
// Usage: custom-transition [SEED] [SEEDS]. Exit code 0: all held and the bug was found; 1: not so; 2: wrong usage.
using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using Prozchain.Sharding;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Simulation;
using Prozchain.Sharding.State;

ulong first = 1;
int seeds = 10;
if (args.Length > 2 || (args.Length > 0 && !ulong.TryParse(args[0], NumberStyles.None, CultureInfo.InvariantCulture, out first))
    || (args.Length > 1 && (!int.TryParse(args[1], NumberStyles.None, CultureInfo.InvariantCulture, out seeds) || seeds < 1)))
{
    Console.Error.WriteLine("Usage: custom-transition [SEED] [SEEDS]");
    return 2;
}

const int events = 4;
const ulong seats = 500;
StateWrite[] genesis = [.. Enumerable.Range(0, events).Select(i => new StateWrite(TicketLoad.Key(i), Cells.Of(seats, closed: false)))];

// Two shards of four validators each. The load goes on a little longer than the faults.
ShardTest<TicketTransition> TestOf(bool hasBug) => new()
{
    Options = new ShardWorldOptions<TicketTransition> { Transition = new TicketTransition(hasBug), Genesis = genesis },
    Arrange = shards =>
    {
        shards.Add(new TicketLoad(events, closingMs: 5_000), untilMs: 6_000);
        shards.Add(new TicketAuditor(events * seats));
    },
};

using (ShardWorld<TicketTransition> shards = TestOf(hasBug: false).Build(first, FaultPlan.None))
{
    shards.World.RunTo(10_000);
    ShardReport report = shards.Report();
    Console.WriteLine($"seed {first} without faults: {report.Applied} orders, {report.Receipts} tickets over a shard's border, counted at {report.Cuts} cuts, event hash {shards.World.EventHash}");
}
CampaignReport good = SimulationCampaign.Run(TestOf(hasBug: false).Scenario, first, seeds);
Console.WriteLine($"with faults: {good}");
if (good.FirstFailure is not null) return 1;
Console.WriteLine("held: no shard forked, all nodes had the same results, every receipt came once and in order, another order of work gave the same, no ticket was lost or doubled");

// A ticket that comes back after its event has closed is thrown away. Without faults none comes so late.
SimulationScenario withBug = TestOf(hasBug: true).Scenario;
bool isHidden = withBug.Run(first, FaultPlan.None) is null;
CampaignReport bad = SimulationCampaign.Run(withBug, first, 100);
if (!isHidden || bad is not { Smallest: { } smallest, Replays: true }) return 1;
Console.WriteLine($"with a bug, found by seed {smallest.Seed}, {bad.FirstFailure!.Faults.Faults.Count} faults shrunk to these:\n{smallest.Faults}\n{smallest.Words}");
SimulationFailure? again = withBug.Run(smallest.Seed, FaultPlan.Parse(smallest.Faults.ToString()));
Console.WriteLine($"replayed from its seed and the lines above: event hash {again?.EventHash}");
return again?.EventHash == smallest.EventHash ? 0 : 1;

/// <summary>An order: what is done (1), event's cell (32), wallet's cell (32), last time for it (8), a number (8). Signatures and nonces would be as in TransferTransition.</summary>
internal readonly struct TicketTransition(bool hasBug) : IShardTransition
{
    private const byte Refused = 2, Size = 1 + 32 + 32 + 8 + 8;
    public const byte Buy = 0, Return = 1, Close = 2;

    public TransactionFault Declare(ReadOnlySpan<byte> order, in BlockContext block, ref AccessDeclaration access)
    {
        if (order.Length != Size || order[0] > Close) return TransactionFault.Malformed;
        if (BinaryPrimitives.ReadInt64LittleEndian(order[65..]) < block.TimeMs) return TransactionFault.OutsideWindow;
        Digest from = order[0] == Return ? Wallet(order) : Event(order), to = order[0] == Return ? Event(order) : Wallet(order);
        if (!block.IsLocal(from)) return TransactionFault.WrongShard;
        (access.Sender, access.GasLimit) = (from, 1000);
        access.Writes(from);
        if (order[0] != Close && to != from && block.IsLocal(to)) access.Writes(to);
        return TransactionFault.None;
    }

    public void Authorize(ReadOnlySpan<byte> order, in BlockContext block, ref SignatureCollector signatures) { }

    public byte Execute(ReadOnlySpan<byte> order, in BlockContext block, ref CellView cells, ref ReceiptSink receipts, ref GasMeter gas)
    {
        cells.TryRead(0, out ReadOnlySpan<byte> value);
        (ulong tickets, bool closed) = Cells.Read(value);
        if (order[0] == Close) return Write(ref cells, 0, tickets, closed: true);
        if (tickets == 0 || closed) return Refused;
        Write(ref cells, 0, tickets - 1, closed: false);
        if (cells.DeclaredCount == 2)
        {
            cells.TryRead(1, out value);
            return Write(ref cells, 1, Cells.Read(value).Tickets + 1, Cells.Read(value).Closed);
        }
        return receipts.TrySend(order[0] == Buy ? Wallet(order) : Event(order), [1], value: 1) ? TransactionStatus.Applied : TransactionStatus.BadReceipt;
    }

    public void Credit(in Digest cell, ReadOnlySpan<byte> receipt, in BlockContext block, ref CellView cells)
    {
        cells.TryRead(cell, out ReadOnlySpan<byte> value);
        (ulong tickets, bool closed) = Cells.Read(value);
        if (receipt.Length == 1 && (!closed || !hasBug)) cells.Write(cell, Cells.Of(tickets + receipt[0], closed));
    }

    private static byte Write(ref CellView cells, int cell, ulong tickets, bool closed)
    {
        cells.Write(cell, Cells.Of(tickets, closed));
        return TransactionStatus.Applied;
    }

    private static Digest Event(ReadOnlySpan<byte> order) => new(order.Slice(1, 32));
    private static Digest Wallet(ReadOnlySpan<byte> order) => new(order.Slice(33, 32));
}

/// <summary>A cell of an event or a wallet: its tickets, and whether it is closed.</summary>
internal static class Cells
{
    public static byte[] Of(ulong tickets, bool closed) => [.. BitConverter.GetBytes(tickets), (byte)(closed ? 1 : 0)];

    public static (ulong Tickets, bool Closed) Read(ReadOnlySpan<byte> value) => value.Length == 9 ? (BinaryPrimitives.ReadUInt64LittleEndian(value), value[8] == 1) : default;
}

/// <summary>People buy all the time; what they return, they return in good time before the event closes.</summary>
internal sealed class TicketLoad(int events, long closingMs) : IShardLoad<TicketTransition>
{
    private ulong _number;

    public static Digest Key(int number) => new(SHA256.HashData(BitConverter.GetBytes(number)));

    public void Tick(ShardWorld<TicketTransition> shards, SimulationRandom random)
    {
        int place = random.Next(events);
        if (shards.World.ElapsedMs < closingMs) Order(shards, TicketTransition.Buy, place, events + random.Next(20) * events + place);
        if (shards.World.ElapsedMs < closingMs - 2_500) Order(shards, TicketTransition.Return, place, events + random.Next(20) * events + place);
        else if (shards.World.ElapsedMs >= closingMs) Order(shards, TicketTransition.Close, place, place);
    }

    private void Order(ShardWorld<TicketTransition> shards, byte kind, int place, int wallet) =>
        shards.Submit(Key(kind == TicketTransition.Return ? wallet : place), [kind, .. Key(place).Span, .. Key(wallet).Span,
            .. BitConverter.GetBytes(shards.World.NowMs + 1_500), .. BitConverter.GetBytes(_number++)]);
}

/// <summary>Tickets at events, in wallets and under way: always as many as were printed.</summary>
internal sealed class TicketAuditor(ulong printed) : IShardAuditor
{
    public string? OnFinal(FinalBlock block, ShardCut state) => null;

    public string? AtCut(ShardCut state)
    {
        ulong tickets = (ulong)state.InFlight.Count();
        foreach (ReadOnlyMemory<byte> cell in state.Cells.Values) tickets += Cells.Read(cell.Span).Tickets;
        return tickets == printed ? null : $"Expected {printed} tickets, got {tickets}.";
    }
}
