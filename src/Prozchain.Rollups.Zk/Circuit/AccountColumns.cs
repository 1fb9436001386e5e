using Prozchain.Zk.Airs;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>Columns of a lane of <see cref="AccountAir{TCells}"/>; the permutations' are last.</summary>
internal static class AccountColumns
{
    public const int Used = 0, IsNew = 1, Number = 2, KeyBefore = 3, KeyAfter = 11;

    /// <summary>Nonces of 2 limbs, next indices, balances of 8 limbs.</summary>
    public const int NonceBefore = 19, NonceAfter = 21, NextBefore = 23, NextAfter = 24, BalanceBefore = 25, BalanceAfter = 33;

    public const int LastTime = 41, LastVersion = 42;

    /// <summary>How often the key before is asked for.</summary>
    public const int Asked = 43;

    /// <summary>What the segment starts from: the record's digest, or 0.</summary>
    public const int Start = 44;

    public const int Permutations = 52;

    /// <summary>First element and number of a record's digest: window L.</summary>
    public const int FirstOutput = 8, Outputs = 8;

    public static int After<TCells>() where TCells : struct, IPermutationCells<F> => Permutations + TCells.Columns(Outputs);

    /// <summary>Columns of a lane.</summary>
    public static int Stride<TCells>() where TCells : struct, IPermutationCells<F> => Permutations + 2 * TCells.Columns(Outputs);
}
