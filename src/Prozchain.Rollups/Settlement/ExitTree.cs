using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups.Settlement;

/// <summary>The check of a leaf below an exit root, as the contracts make it.</summary>
internal static class ExitTree
{
    /// <summary>True if the leaf stands at the index. The root of a batch without effects, zero, holds nothing.</summary>
    public static bool Holds(Digest32 root, ulong index, Digest32 leaf, AbiValue siblings)
    {
        if (root == default || index > int.MaxValue) return false;
        var path = new Digest32[siblings.Items.Length];
        for (int i = 0; i < path.Length; i++) path[i] = siblings[i].ToDigest();
        return EffectLog.Verify(root, (int)index, leaf, path);
    }
}
