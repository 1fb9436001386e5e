namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>
/// Names a cell of the state in <see cref="RollupBuses.Memory"/>: an account's record, which holds its balance of token 0, or a value under
/// a hashed key. A balance of token t, 1 to 2^15 - 1, of account n is (n, t); the supply of token t is (2^30, t), which is no account.
/// </summary>
/// <param name="IsHashed">False for a record.</param>
/// <param name="A">The account, below 2^30; 2^30 for a supply.</param>
/// <param name="B">The token, below 2^15; 0 for a record.</param>
internal readonly record struct CellName(bool IsHashed, uint A, uint B)
{
    public const uint SupplyOwner = 1 << 30;

    public bool IsSupply => A == SupplyOwner;

    public static CellName Account(uint number) => new(false, number, 0);

    /// <summary>Where an account's balance of any token is.</summary>
    public static CellName Balance(uint number, uint token) => new(token != 0, number, token);

    public static CellName Supply(uint token) => new(true, SupplyOwner, token);
}

/// <summary>What a cell holds.</summary>
/// <param name="Value">A balance or supply, below 2^120.</param>
/// <param name="Nonce">Of an account, below 2^60; else 0.</param>
/// <param name="Next">The next index of an account's key; else 0.</param>
/// <param name="Version">Rotations of an account's key within the segment; under a hashed key, 1 if there is a value and 0 if not.</param>
internal readonly record struct CellState(UInt128 Value, ulong Nonce = 0, uint Next = 0, uint Version = 0);
