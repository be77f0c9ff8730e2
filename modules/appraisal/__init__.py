"""党员评分 and 群众满意度考察: how people are judged by those around them and by those they serve."""
