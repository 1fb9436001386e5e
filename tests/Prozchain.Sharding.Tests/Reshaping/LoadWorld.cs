using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Reshaping;

namespace Prozchain.Sharding.Tests.Reshaping;

/// <summary>Shards whose load is a curve over key space and time; the policy is asked after every few blocks, and what it asks for is done.</summary>
internal sealed class LoadWorld(IReshapePolicy policy, ShardLayout layout)
{
    public const int BlocksPerEpoch = 100;
    public const ulong GasLimit = 1_000_000;

    private const int AskEvery = 10;

    private readonly Dictionary<ShardId, LoadHistory> _loads = [];
    private ulong _height;

    public ShardLayout Layout { get; private set; } = layout;

    public ulong Epoch => _height / BlocksPerEpoch;

    public List<(ulong Epoch, ReshapeAction Action)> Done { get; } = [];

    public IReadOnlyDictionary<ShardId, LoadHistory> Loads => _loads;

    /// <summary>Runs blocks. The curve gives, for the keys from a place (0 to 1) on and of a width, their load at an epoch with its fraction.</summary>
    public void Run(int blocks, Func<double, double, double, ShardLoad> curve)
    {
        for (int i = 0; i < blocks; i++)
        {
            foreach (ShardInfo shard in Layout.Shards)
            {
                if (!_loads.TryGetValue(shard.Id, out LoadHistory? load)) _loads.Add(shard.Id, load = new LoadHistory());
                load.Add(_height, Epoch, curve(Place(shard), Math.Pow(2, -shard.Depth), _height / (double)BlocksPerEpoch));
            }
            if (_height % AskEvery == 0)
            {
                foreach (ReshapeAction action in policy.Decide(Layout, Epoch, _loads)) Do(action);
            }
            _height++;
        }
    }

    public static ShardLoad Uniform(double width, double percentOfGas, double megabytes = 0) => new((ulong)(megabytes * 1e6 * width), (ulong)(percentOfGas / 100 * GasLimit * width), 0);

    private void Do(ReshapeAction action)
    {
        foreach (ShardId shard in new[] { action.Shard, action.Sibling ?? action.Shard }.Distinct())
        {
            Assert.True(Layout.TryGetInfo(shard, out ShardInfo? info));
            Assert.True(info.BornVersion == 0 || Epoch - info.BornEpoch >= 2, $"Expected shard {shard}, made in epoch {info.BornEpoch}, to rest, got {action} in epoch {Epoch}.");
        }
        Layout = action.ApplyTo(Layout, Epoch);
        Done.Add((Epoch, action));
    }

    private static double Place(ShardInfo shard) => System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(shard.Prefix.Span) / Math.Pow(2, 64);
}
