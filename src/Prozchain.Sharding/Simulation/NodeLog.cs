using Prozchain.Sharding.Sync;

namespace Prozchain.Sharding.Simulation;

/// <summary>A node's log on its medium, in the format of <see cref="AppendLog"/>, through all its lives.</summary>
internal sealed class NodeLog(long capacity)
{
    private const int FrameSize = 8;

    private readonly SimulatedDisk _disk = new(capacity);
    private AppendLog? _log;

    /// <summary>Reads what survived, a torn end cut off.</summary>
    public void Open(Action<ReadOnlyMemory<byte>> visitor) => _log = AppendLog.Open(_disk, visitor);

    public bool HasRoom(int recordBytes) => _disk.HasRoom(FrameSize + recordBytes);

    public void Append(ReadOnlySpan<byte> record) => _log!.Append(record);

    public void Flush() => _log!.Flush();

    /// <summary>The power goes: of what was not flushed nothing, all or a part survives.</summary>
    public void Lose(SimulationRandom random)
    {
        long undurable = _disk.Undurable;
        if (undurable == 0) return;
        long kept = random.Next(3) switch { 0 => 0, 1 => undurable, _ => random.Next(undurable) };
        _disk.Lose(kept, random.Next(4) == 0);
    }

    /// <summary>The power goes within the last record: a part of it survives, and all before it.</summary>
    public void Tear(SimulationRandom random, int recordBytes)
    {
        long frame = FrameSize + recordBytes;
        _disk.Lose(_disk.Undurable - frame + 1 + random.Next(frame - 1), random.Next(4) == 0);
    }
}
