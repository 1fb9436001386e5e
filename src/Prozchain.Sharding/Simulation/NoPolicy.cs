using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Reshaping;

namespace Prozchain.Sharding.Simulation;

/// <summary>Asks for nothing, whatever the load.</summary>
internal sealed class NoPolicy : IReshapePolicy
{
    public static readonly NoPolicy Instance = new();

    public IReadOnlyList<ReshapeAction> Decide(ShardLayout layout, ulong epoch, IReadOnlyDictionary<ShardId, LoadHistory> loads) => [];
}
