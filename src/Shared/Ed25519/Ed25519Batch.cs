using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Prozchain.Shared;

/// <summary>
/// Verifies many Ed25519 signatures at once, each by the rule of <see cref="Ed25519"/>, with the same answers: the sum
/// of the equations, each times a coefficient of 128 bits, is compared with the identity, times the cofactor. Where the
/// sum fails, halves of it are compared until the bad ones are named. Allocates nothing after construction. Not
/// thread-safe; one per worker.
/// </summary>
/// <remarks>
/// The coefficients come from SHA-512 over every key, R, message and s of the batch, so that every node gets the same
/// answer always, and who wants a bad signature to pass has to try about 2^128 batches, whatever he may choose in them.
/// </remarks>
internal sealed unsafe class Ed25519Batch
{
    /// <summary>Signatures at most.</summary>
    public const int Capacity = 1024;

    private const int WordsPerEncoding = EdwardsPoint.Size / sizeof(ulong), PointsAt = AffinePoint.PackedWords;
    private const int Transcript = SHA512.HashSizeInBytes + Scalar25519.Size;

    // From so many points on, digits of 8 bits are cheaper than digits of 4.
    private const int WideDigitsFrom = 192;

    // So few of which one is bad are verified one by one: that bounds what bad signatures cost, about twice single ones.
    private const int Single = 8;

    private readonly IEdwardsKernel _kernel;

    // Keys and R: encodings and packed points.
    private readonly PinnedWords _keys = new(Capacity * WordsPerEncoding), _nonces = new(Capacity * WordsPerEncoding);
    private readonly PinnedWords _keyPoints = new(Capacity * PointsAt), _noncePoints = new(Capacity * PointsAt), _basePoint = new(PointsAt);
    private readonly PinnedWords _keyDigits = new(Capacity * 64 / sizeof(ulong)), _nonceDigits = new(Capacity * 32 / sizeof(ulong)), _baseDigits = new(64 / sizeof(ulong));
    private readonly Scalar25519[] _challenges = new Scalar25519[Capacity], _answers = new Scalar25519[Capacity], _coefficients = new Scalar25519[Capacity];
    private readonly bool[] _isPoint = new bool[Capacity], _isWellFormed = new bool[Capacity];
    private readonly byte[] _transcript = new byte[Capacity * Transcript];
    private int _bits;

    public Ed25519Batch() : this(EdwardsKernels.Create()) { }

    public Ed25519Batch(IEdwardsKernel kernel)
    {
        _kernel = kernel;
        new AffinePoint(EdwardsPoint.Base.X, EdwardsPoint.Base.Y).Pack(_basePoint.Span);
    }

    /// <summary>Signatures added since <see cref="Clear"/>.</summary>
    public int Count { get; private set; }

    public void Clear() => Count = 0;

    /// <summary>Adds a signature; at most <see cref="Capacity"/> of them. Untrusted input.</summary>
    public void Add(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (Count == Capacity) throw new InvalidOperationException($"Expected at most {Capacity} signatures.");
        int at = Count++;
        Scalar25519 s = default;
        _isWellFormed[at] = publicKey.Length == Ed25519.PublicKeySize && signature.Length == Ed25519.SignatureSize
            && Fe25519.IsCanonical(publicKey) && Fe25519.IsCanonical(signature)
            && Scalar25519.TryRead(signature[EdwardsPoint.Size..], out s);
        _answers[at] = _isWellFormed[at] ? s : default;
        Span<byte> transcript = _transcript.AsSpan(at * Transcript, Transcript), key = Encoding(_keys, at), nonce = Encoding(_nonces, at);
        if (!_isWellFormed[at])
        {
            transcript.Clear();
            key.Clear();
            nonce.Clear();
            return;
        }
        publicKey.CopyTo(key);
        signature[..EdwardsPoint.Size].CopyTo(nonce);
        Ed25519.Hash(nonce, key, message, transcript[..SHA512.HashSizeInBytes]);
        _challenges[at] = Scalar25519.Reduce(transcript[..SHA512.HashSizeInBytes]);
        signature[EdwardsPoint.Size..].CopyTo(transcript[SHA512.HashSizeInBytes..]);
    }

    /// <summary>Answers all signatures added.</summary>
    /// <param name="valid">Receives <see cref="Count"/> answers.</param>
    public void Verify(Span<bool> valid)
    {
        valid = valid[..Count];
        if (Count == 0) return;
        Decode(_keys, _keyPoints);
        Decode(_nonces, _noncePoints);
        // What is malformed already counts nothing in any sum.
        for (int i = 0; i < Count; i++)
        {
            if (_isWellFormed[i]) continue;
            _answers[i] = _challenges[i] = default;
            AffinePoint.Identity.Pack(_keyPoints.Span.Slice(i * PointsAt, PointsAt));
            AffinePoint.Identity.Pack(_noncePoints.Span.Slice(i * PointsAt, PointsAt));
        }
        WriteDigits(Count >= WideDigitsFrom ? 8 : 4);
        _isWellFormed.AsSpan(0, Count).CopyTo(valid);
        if (!IsBalanced(0, Count))
        {
            // Most sums are short from here on.
            if (_bits != 4) WriteDigits(4);
            Search(valid, 0, Count, isBad: true);
        }
        // The pointers are not known to the collector.
        GC.KeepAlive(this);
    }

    private static Span<byte> Encoding(in PinnedWords words, int at) => new(words.Start + at * WordsPerEncoding, EdwardsPoint.Size);

    private void Decode(in PinnedWords encodings, in PinnedWords points)
    {
        _kernel.Decode(encodings.Start, points.Start, _isPoint.AsSpan(0, Count));
        for (int i = 0; i < Count; i++) _isWellFormed[i] &= _isPoint[i];
    }

    // A coefficient is drawn as its digits, all of them uniform: 16 of 8 bits or 32 of 4.
    private void WriteDigits(int bits)
    {
        _bits = bits;
        Span<byte> seed = stackalloc byte[SHA512.HashSizeInBytes + sizeof(int)], drawn = stackalloc byte[SHA512.HashSizeInBytes];
        SHA512.HashData(_transcript.AsSpan(0, Count * Transcript), seed);
        ulong offset = _bits == 8 ? 0x8080_8080_8080_8080 : 0x8888_8888_8888_8888;
        for (int i = 0; i < Count; i++)
        {
            if (i % 4 == 0)
            {
                BinaryPrimitives.WriteInt32LittleEndian(seed[SHA512.HashSizeInBytes..], i / 4);
                SHA512.HashData(seed, drawn);
            }
            ReadOnlySpan<byte> bytes = drawn.Slice(i % 4 * 16, 16);
            var coefficient = Scalar25519.FromOffset(BinaryPrimitives.ReadUInt64LittleEndian(bytes), BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]), offset);
            _coefficients[i] = coefficient;
            int digits = 128 / _bits;
            var nonceDigits = new Span<sbyte>((sbyte*)_nonceDigits.Start + i * digits, digits);
            if (_bits == 8) for (int j = 0; j < digits; j++) nonceDigits[j] = (sbyte)(bytes[j] - 128);
            else for (int j = 0; j < digits; j++) nonceDigits[j] = (sbyte)((bytes[j / 2] >> (4 * (j % 2)) & 15) - 8);
            (coefficient * _challenges[i]).WriteDigits(new Span<sbyte>((sbyte*)_keyDigits.Start + 2 * i * digits, 2 * digits), _bits);
        }
    }

    // The left half tells of the right one: if it is good, what is bad is in the right one.
    private void Search(Span<bool> valid, int start, int count, bool isBad)
    {
        if (!isBad && IsBalanced(start, count)) return;
        if (count <= Single)
        {
            for (int i = start; i < start + count; i++) valid[i] &= IsBalanced(i);
            return;
        }
        int half = count / 2;
        bool isLeftGood = IsBalanced(start, half);
        if (!isLeftGood) Search(valid, start, half, isBad: true);
        Search(valid, start + half, count - half, isBad: isLeftGood);
    }

    // [8] of the sum of z R + z k A, less the sum of z s times B.
    private bool IsBalanced(int start, int count)
    {
        Span<ulong> wide = stackalloc ulong[Scalar25519.WideWords];
        wide.Clear();
        for (int i = start; i < start + count; i++)
        {
            _coefficients[i].AddProduct(_answers[i], wide);
            // A product is below 2^506.
            if (i % 32 == 31) Scalar25519.Reduce(wide).CopyTo(wide);
        }
        int digits = 256 / _bits;
        (-Scalar25519.Reduce(wide)).WriteDigits(new Span<sbyte>(_baseDigits.Start, digits), _bits);
        ReadOnlySpan<PointRun> runs =
        [
            new(_keyPoints.Start + start * PointsAt, (sbyte*)_keyDigits.Start + start * digits, count, digits),
            new(_noncePoints.Start + start * PointsAt, (sbyte*)_nonceDigits.Start + start * digits / 2, count, digits / 2),
            new(_basePoint.Start, (sbyte*)_baseDigits.Start, 1, digits),
        ];
        return _kernel.Sum(runs, _bits).MultiplyByCofactor().IsIdentity();
    }

    private bool IsBalanced(int at) =>
        _isWellFormed[at] && Ed25519.IsBalanced(Point(_keyPoints, at), Point(_noncePoints, at), _challenges[at], _answers[at]);

    private static EdwardsPoint Point(in PinnedWords packed, int at) =>
        EdwardsPoint.Identity + AffinePoint.Unpack(packed.Span.Slice(at * PointsAt, PointsAt));
}
