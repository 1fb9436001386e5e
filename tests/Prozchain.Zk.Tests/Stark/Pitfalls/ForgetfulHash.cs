using Prozchain.Zk.Hashing;

namespace Prozchain.Zk.Tests.Stark;

/// <summary>
/// Keccak-256 for a transcript that leaves out what is absorbed under one label: the prover of a protocol that forgets a message.
/// A verifier that forgets it too would accept.
/// </summary>
internal struct ForgetfulHash : IDigest<ForgetfulHash>
{
    // Of an absorbed message: tag, state, length of the label, label, kind with count, data.
    private const int LabelPlace = 3, DataPlace = 5;
    private const byte AbsorbTag = 1;

    [ThreadStatic]
    private static byte[]? s_forgotten;

    private Keccak256 _hash;
    private int _place;
    private bool _absorbs, _forgets;

    public static void Forget(string? label) => s_forgotten = label is null ? null : System.Text.Encoding.ASCII.GetBytes(label);

    public static void Hash(ReadOnlySpan<byte> input, Span<byte> destination) => Keccak256.Hash(input, destination);

    public static ForgetfulHash Create() => new() { _hash = Keccak256.Create() };

    public void Append(ReadOnlySpan<byte> input)
    {
        if (_place == 0) _absorbs = input is [AbsorbTag];
        if (_place == LabelPlace) _forgets = _absorbs && s_forgotten is { } label && input.SequenceEqual(label);
        if (!_forgets || _place < DataPlace) _hash.Append(input);
        _place++;
    }

    public void Finish(Span<byte> destination)
    {
        _hash.Finish(destination);
        (_place, _forgets) = (0, false);
    }

    public void Dispose() => _hash.Dispose();
}
