//! Rows: Advanced SIMD structure loads and stores (Arm ARM C4.1.94).

macro_rules! simd_memory_rows {
    ([$next:ident $($rest:ident)*] $m:ident { $($acc:tt)* }) => { $next! { [$($rest)*] $m { $($acc)*

/// Stores 4 vectors, 4 to a structure.
St4           "st4"  ["0 . 0011000 0 0 00000 0000 .. ..... ....."] Simd(Structures NoShortDouble) SimdStruct;
/// Stores 4 vectors.
St1x4         "st1"  ["0 . 0011000 0 0 00000 0010 .. ..... ....."] Simd(Structures Replicated) SimdStruct;
/// Stores 3 vectors, 3 to a structure.
St3           "st3"  ["0 . 0011000 0 0 00000 0100 .. ..... ....."] Simd(Structures NoShortDouble) SimdStruct;
/// Stores 3 vectors.
St1x3         "st1"  ["0 . 0011000 0 0 00000 0110 .. ..... ....."] Simd(Structures Replicated) SimdStruct;
/// Stores 1 vectors.
St1x1         "st1"  ["0 . 0011000 0 0 00000 0111 .. ..... ....."] Simd(Structures Replicated) SimdStruct;
/// Stores 2 vectors, 2 to a structure.
St2           "st2"  ["0 . 0011000 0 0 00000 1000 .. ..... ....."] Simd(Structures NoShortDouble) SimdStruct;
/// Stores 2 vectors.
St1x2         "st1"  ["0 . 0011000 0 0 00000 1010 .. ..... ....."] Simd(Structures Replicated) SimdStruct;
/// Loads 4 vectors, 4 to a structure.
Ld4           "ld4"  ["0 . 0011000 1 0 00000 0000 .. ..... ....."] Simd(Structures NoShortDouble) SimdStruct;
/// Loads 4 vectors.
Ld1x4         "ld1"  ["0 . 0011000 1 0 00000 0010 .. ..... ....."] Simd(Structures Replicated) SimdStruct;
/// Loads 3 vectors, 3 to a structure.
Ld3           "ld3"  ["0 . 0011000 1 0 00000 0100 .. ..... ....."] Simd(Structures NoShortDouble) SimdStruct;
/// Loads 3 vectors.
Ld1x3         "ld1"  ["0 . 0011000 1 0 00000 0110 .. ..... ....."] Simd(Structures Replicated) SimdStruct;
/// Loads 1 vectors.
Ld1x1         "ld1"  ["0 . 0011000 1 0 00000 0111 .. ..... ....."] Simd(Structures Replicated) SimdStruct;
/// Loads 2 vectors, 2 to a structure.
Ld2           "ld2"  ["0 . 0011000 1 0 00000 1000 .. ..... ....."] Simd(Structures NoShortDouble) SimdStruct;
/// Loads 2 vectors.
Ld1x2         "ld1"  ["0 . 0011000 1 0 00000 1010 .. ..... ....."] Simd(Structures Replicated) SimdStruct;
/// Stores 4 vectors, 4 to a structure, and moves the base.
St4Post       "st4"  ["0 . 0011001 0 0 ..... 0000 .. ..... ....."] Simd(StructuresPost NoShortDouble) SimdStruct;
/// Stores 4 vectors, and moves the base.
St1x4Post     "st1"  ["0 . 0011001 0 0 ..... 0010 .. ..... ....."] Simd(StructuresPost Replicated) SimdStruct;
/// Stores 3 vectors, 3 to a structure, and moves the base.
St3Post       "st3"  ["0 . 0011001 0 0 ..... 0100 .. ..... ....."] Simd(StructuresPost NoShortDouble) SimdStruct;
/// Stores 3 vectors, and moves the base.
St1x3Post     "st1"  ["0 . 0011001 0 0 ..... 0110 .. ..... ....."] Simd(StructuresPost Replicated) SimdStruct;
/// Stores 1 vectors, and moves the base.
St1x1Post     "st1"  ["0 . 0011001 0 0 ..... 0111 .. ..... ....."] Simd(StructuresPost Replicated) SimdStruct;
/// Stores 2 vectors, 2 to a structure, and moves the base.
St2Post       "st2"  ["0 . 0011001 0 0 ..... 1000 .. ..... ....."] Simd(StructuresPost NoShortDouble) SimdStruct;
/// Stores 2 vectors, and moves the base.
St1x2Post     "st1"  ["0 . 0011001 0 0 ..... 1010 .. ..... ....."] Simd(StructuresPost Replicated) SimdStruct;
/// Loads 4 vectors, 4 to a structure, and moves the base.
Ld4Post       "ld4"  ["0 . 0011001 1 0 ..... 0000 .. ..... ....."] Simd(StructuresPost NoShortDouble) SimdStruct;
/// Loads 4 vectors, and moves the base.
Ld1x4Post     "ld1"  ["0 . 0011001 1 0 ..... 0010 .. ..... ....."] Simd(StructuresPost Replicated) SimdStruct;
/// Loads 3 vectors, 3 to a structure, and moves the base.
Ld3Post       "ld3"  ["0 . 0011001 1 0 ..... 0100 .. ..... ....."] Simd(StructuresPost NoShortDouble) SimdStruct;
/// Loads 3 vectors, and moves the base.
Ld1x3Post     "ld1"  ["0 . 0011001 1 0 ..... 0110 .. ..... ....."] Simd(StructuresPost Replicated) SimdStruct;
/// Loads 1 vectors, and moves the base.
Ld1x1Post     "ld1"  ["0 . 0011001 1 0 ..... 0111 .. ..... ....."] Simd(StructuresPost Replicated) SimdStruct;
/// Loads 2 vectors, 2 to a structure, and moves the base.
Ld2Post       "ld2"  ["0 . 0011001 1 0 ..... 1000 .. ..... ....."] Simd(StructuresPost NoShortDouble) SimdStruct;
/// Loads 2 vectors, and moves the base.
Ld1x2Post     "ld1"  ["0 . 0011001 1 0 ..... 1010 .. ..... ....."] Simd(StructuresPost Replicated) SimdStruct;
/// Loads a structure of 1 to all elements.
Ld1r          "ld1r" ["0 . 0011010 1 0 00000 110 0 .. ..... ....."] Simd(Replicate Replicated) SimdStruct;
/// Loads a structure of 2 to all elements.
Ld2r          "ld2r" ["0 . 0011010 1 1 00000 110 0 .. ..... ....."] Simd(Replicate Replicated) SimdStruct;
/// Loads a structure of 3 to all elements.
Ld3r          "ld3r" ["0 . 0011010 1 0 00000 111 0 .. ..... ....."] Simd(Replicate Replicated) SimdStruct;
/// Loads a structure of 4 to all elements.
Ld4r          "ld4r" ["0 . 0011010 1 1 00000 111 0 .. ..... ....."] Simd(Replicate Replicated) SimdStruct;
/// Stores a structure of 1, one element each.
St1Single     "st1"  ["0 . 0011010 0 0 00000 ..0 . .. ..... ....."] Simd(Lane Laned) SimdStruct;
/// Stores a structure of 2, one element each.
St2Single     "st2"  ["0 . 0011010 0 1 00000 ..0 . .. ..... ....."] Simd(Lane Laned) SimdStruct;
/// Stores a structure of 3, one element each.
St3Single     "st3"  ["0 . 0011010 0 0 00000 ..1 . .. ..... ....."] Simd(Lane Laned) SimdStruct;
/// Stores a structure of 4, one element each.
St4Single     "st4"  ["0 . 0011010 0 1 00000 ..1 . .. ..... ....."] Simd(Lane Laned) SimdStruct;
/// Loads a structure of 1, one element each.
Ld1Single     "ld1"  ["0 . 0011010 1 0 00000 ..0 . .. ..... ....."] Simd(Lane Laned) SimdStruct;
/// Loads a structure of 2, one element each.
Ld2Single     "ld2"  ["0 . 0011010 1 1 00000 ..0 . .. ..... ....."] Simd(Lane Laned) SimdStruct;
/// Loads a structure of 3, one element each.
Ld3Single     "ld3"  ["0 . 0011010 1 0 00000 ..1 . .. ..... ....."] Simd(Lane Laned) SimdStruct;
/// Loads a structure of 4, one element each.
Ld4Single     "ld4"  ["0 . 0011010 1 1 00000 ..1 . .. ..... ....."] Simd(Lane Laned) SimdStruct;
/// Loads a structure of 1 to all elements, and moves the base.
Ld1rPost      "ld1r" ["0 . 0011011 1 0 ..... 110 0 .. ..... ....."] Simd(ReplicatePost Replicated) SimdStruct;
/// Loads a structure of 2 to all elements, and moves the base.
Ld2rPost      "ld2r" ["0 . 0011011 1 1 ..... 110 0 .. ..... ....."] Simd(ReplicatePost Replicated) SimdStruct;
/// Loads a structure of 3 to all elements, and moves the base.
Ld3rPost      "ld3r" ["0 . 0011011 1 0 ..... 111 0 .. ..... ....."] Simd(ReplicatePost Replicated) SimdStruct;
/// Loads a structure of 4 to all elements, and moves the base.
Ld4rPost      "ld4r" ["0 . 0011011 1 1 ..... 111 0 .. ..... ....."] Simd(ReplicatePost Replicated) SimdStruct;
/// Stores a structure of 1, one element each, and moves the base.
St1SinglePost "st1"  ["0 . 0011011 0 0 ..... ..0 . .. ..... ....."] Simd(LanePost Laned) SimdStruct;
/// Stores a structure of 2, one element each, and moves the base.
St2SinglePost "st2"  ["0 . 0011011 0 1 ..... ..0 . .. ..... ....."] Simd(LanePost Laned) SimdStruct;
/// Stores a structure of 3, one element each, and moves the base.
St3SinglePost "st3"  ["0 . 0011011 0 0 ..... ..1 . .. ..... ....."] Simd(LanePost Laned) SimdStruct;
/// Stores a structure of 4, one element each, and moves the base.
St4SinglePost "st4"  ["0 . 0011011 0 1 ..... ..1 . .. ..... ....."] Simd(LanePost Laned) SimdStruct;
/// Loads a structure of 1, one element each, and moves the base.
Ld1SinglePost "ld1"  ["0 . 0011011 1 0 ..... ..0 . .. ..... ....."] Simd(LanePost Laned) SimdStruct;
/// Loads a structure of 2, one element each, and moves the base.
Ld2SinglePost "ld2"  ["0 . 0011011 1 1 ..... ..0 . .. ..... ....."] Simd(LanePost Laned) SimdStruct;
/// Loads a structure of 3, one element each, and moves the base.
Ld3SinglePost "ld3"  ["0 . 0011011 1 0 ..... ..1 . .. ..... ....."] Simd(LanePost Laned) SimdStruct;
/// Loads a structure of 4, one element each, and moves the base.
Ld4SinglePost "ld4"  ["0 . 0011011 1 1 ..... ..1 . .. ..... ....."] Simd(LanePost Laned) SimdStruct;

    } } };
}
pub(super) use simd_memory_rows;
