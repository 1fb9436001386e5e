using System.Runtime.Intrinsics;
using System.Security.Cryptography;

namespace Prozchain.Shared.Tests;

public class Sha256LanesTests : LaneHashTests
{
    protected override IReadOnlyList<RowsHash> Rows =>
    [
        Sha256Lanes.HashRows, Sha256Lanes.HashRows<Words1, uint>, Sha256Lanes.HashRows<Words128, Vector128<uint>>,
        Sha256Lanes.HashRows<Words256, Vector256<uint>>, Sha256Lanes.HashRows<Words512, Vector512<uint>>,
    ];

    protected override IReadOnlyList<TileHash> Tiles =>
    [
        Sha256Lanes.HashTile, Sha256Lanes.HashTile<Words1, uint>, Sha256Lanes.HashTile<Words128, Vector128<uint>>,
        Sha256Lanes.HashTile<Words256, Vector256<uint>>, Sha256Lanes.HashTile<Words512, Vector512<uint>>,
    ];

    protected override (string, string) KnownAnswer => ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");

    protected override void HashOne(ReadOnlySpan<byte> message, Span<byte> digest) => SHA256.HashData(message, digest);
}
